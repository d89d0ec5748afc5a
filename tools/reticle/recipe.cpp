// reticle recipe: the keys of recipes with their defaults.
#include <fmt/format.h>

#include "tools/reticle/commands.h"
#include "tools/reticle/recipes.h"

namespace reticle::tools {

void add_recipe_command(CLI::App& app) {
  auto kind = std::make_shared<std::string>("correct");
  CLI::App* command =
      app.add_subcommand("recipe", "Print a recipe with every key, its default, range and meaning");
  command->add_option("KIND", *kind, "which recipe")
      ->check(CLI::IsMember({"correct"}))
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  reticle recipe correct > my.toml     then edit, and: reticle correct --recipe my.toml "
      "...");
  command->callback([kind] { fmt::print("{}", documented_correct_recipe()); });
}

}  // namespace reticle::tools
