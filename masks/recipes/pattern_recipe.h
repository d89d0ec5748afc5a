// SPDX-License-Identifier: Apache-2.0
// The recipe of `reticle simulate RECIPE.toml`: optics and a pattern, without model or layout file.
#pragma once

#include <filesystem>
#include <string>

#include "litho/optics/pattern.h"
#include "litho/optics/settings.h"

namespace reticle {

struct PatternRecipe {
  OpticsSettings optics;  // its period is the pattern's
  Pattern pattern;
};

// Throws Error(bad_input) with file and line as read_recipe() does; a recipe without [pattern] is
// refused.
PatternRecipe read_pattern_recipe(const std::filesystem::path& path);

std::string documented_pattern_recipe();

}  // namespace reticle
