// SPDX-License-Identifier: Apache-2.0
// Small inputs for tests of the command line.
#pragma once

#include <filesystem>
#include <string>

namespace reticle::tools {

// A coherent model, period 2048 nm, NA 0.9 at 193 nm, conditions "focus" and "defocus".
void write_small_model(const std::filesystem::path& path);

// GLP text of a rectangle and an L.
std::string small_clip();

// A recipe of `iterations` steps on 8 nm pixels: milliseconds each.
std::string quick_recipe(int iterations);

}  // namespace reticle::tools
