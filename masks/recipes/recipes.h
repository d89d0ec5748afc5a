// SPDX-License-Identifier: Apache-2.0
// The recipes of reticle: which keys fill which struct.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "litho/ilt/settings.h"
#include "litho/optics/settings.h"
#include "litho/verification/verify_settings.h"
#include "masks/recipes/recipe_reader.h"

namespace reticle {

void describe(RecipeKeys& keys, IltSettings& settings);

// The table [mask_rules]: its lengths count at the scale it names, defaults too.
void describe(RecipeKeys& keys, MaskRuleSet& rules);

// All but the period, which is a model's tile or belongs to the pattern.
void describe(RecipeKeys& keys, OpticsSettings& optics);

// Settings of `reticle correct`, the defaults where the recipe says nothing or the path is empty.
// Lengths may be given in parts of the model's lambda/NA.
IltSettings read_correct_recipe(const std::filesystem::path& path, const OpticalModel& model);

// Of a correction of pixels, from TOML text; `name` stands for the file in messages. Throws Error(unsupported) for a
// recipe of edges (method = "edge", rectilinear_nm).
IltSettings correct_recipe_from_text(const std::string& text, const std::string& name, const OpticalModel& model);

// Every value, as it goes into results.
std::string print_correct_recipe(IltSettings settings);

// With a comment over each key, for people to edit.
std::string documented_correct_recipe();
// The values of a model, with the reason of each, and of a design's narrowest part if there is one.
std::string documented_correct_recipe(const OpticalModel& model, std::span<const Polygon> design = {});

// The same for `reticle model`; a freeform source's map is read along.
OpticsSettings read_model_recipe(const std::filesystem::path& path);
// From text, of which a freeform source is not read along: neither its map nor validated.
OpticsSettings model_recipe_from_text(const std::string& text, const std::string& name);
std::string print_model_recipe(OpticsSettings optics);
std::string documented_model_recipe();

// The same for `reticle verify`.
void describe(RecipeKeys& keys, VerifySettings& settings);
VerifySettings read_verify_recipe(const std::filesystem::path& path);
VerifySettings verify_recipe_from_text(const std::string& text, const std::string& name);
std::string print_verify_recipe(VerifySettings settings);
std::string documented_verify_recipe();

// The values of a recipe that was printed, as JSON; keys that stand in comments are left out.
std::string recipe_json(const std::string& text);

// What follows the reading of optics: fills in the map that source.map_file names, relative to the
// recipe's folder, and validates all. Throws Error(bad_input) naming the recipe if shape and map_file do
// not go together, or as validate() and read_source_map().
void complete(const std::filesystem::path& recipe, OpticsSettings& optics);

}  // namespace reticle
