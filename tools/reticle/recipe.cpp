// SPDX-License-Identifier: Apache-2.0
// reticle recipe: the keys of recipes with their defaults.
#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "kernels/base/error.h"
#include "masks/model_file.h"
#include "masks/recipes/pattern_recipe.h"
#include "masks/recipes/recipes.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/inputs.h"

namespace reticle::tools {
namespace {

struct Options {
  std::string kind = "correct";
  std::filesystem::path model, design;
  LayoutOptions layout;
  bool json = false;
};

std::string correct_recipe(const Options& options) {
  if (options.model.empty()) return documented_correct_recipe();
  const OpticalModel model = read_model(options.model);
  if (options.design.empty()) return documented_correct_recipe(model);
  return documented_correct_recipe(model, read_target(options.design, layout_part(options.layout)).polygons);
}

std::string recipe_of(const Options& options) {
  const bool resolves = options.kind == "correct";
  if (!resolves && (!options.model.empty() || !options.design.empty()))
    throw Error(ErrorCode::invalid_argument, "--model and --design belong to 'reticle recipe correct'");
  if (options.model.empty() && !options.design.empty())
    throw Error(ErrorCode::invalid_argument, "--design needs --model");
  if (resolves) return correct_recipe(options);
  return options.kind == "model"    ? documented_model_recipe()
         : options.kind == "verify" ? documented_verify_recipe()
                                    : documented_pattern_recipe();
}

}  // namespace

void add_recipe_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("recipe", "Print a recipe with every key, its default, range and meaning");
  command->add_option("KIND", options->kind, "which recipe")
      ->check(CLI::IsMember({"correct", "model", "simulate", "verify"}))
      ->capture_default_str();
  command->add_option("--model", options->model, "of 'correct': its values for this model, in nm");
  command->add_option("--design", options->design, "of 'correct': and for the narrowest part of this design");
  add_layout_options(*command, options->layout);
  command->footer(
      "Edit what is printed and give it to the command:\n"
      "Examples:\n"
      "  reticle recipe correct > my.toml\n"
      "  reticle recipe correct --model model.h5 --design clip.glp > my.toml\n"
      "  reticle recipe model > optics.toml");
  command->add_flag("--json", options->json, "print the values as JSON");
  command->callback([options] {
    const std::string recipe = recipe_of(*options);
    fmt::print("{}", options->json ? recipe_json(recipe) : recipe);
  });
}

}  // namespace reticle::tools
