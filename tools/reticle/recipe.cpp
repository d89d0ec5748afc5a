// reticle recipe: the keys of recipes with their defaults.
#include <fmt/format.h>

#include "tools/reticle/commands.h"
#include "masks/recipes/pattern_recipe.h"
#include "masks/recipes/recipes.h"

namespace reticle::tools {

void add_recipe_command(CLI::App& app) {
  auto kind = std::make_shared<std::string>("correct");
  CLI::App* command =
      app.add_subcommand("recipe", "Print a recipe with every key, its default, range and meaning");
  command->add_option("KIND", *kind, "which recipe")
      ->check(CLI::IsMember({"correct", "model", "simulate", "verify"}))
      ->capture_default_str();
  command->footer(
      "Edit what is printed and give it to the command:\n"
      "Examples:\n"
      "  reticle recipe correct > my.toml\n"
      "  reticle recipe model > optics.toml");
  command->callback([kind] {
    fmt::print("{}", *kind == "model"      ? documented_model_recipe()
                     : *kind == "verify"   ? documented_verify_recipe()
                     : *kind == "simulate" ? documented_pattern_recipe()
                                           : documented_correct_recipe());
  });
}

}  // namespace reticle::tools
