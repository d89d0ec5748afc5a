// SPDX-License-Identifier: Apache-2.0
// The name that somebody meant who wrote another.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reticle {

// Levenshtein's.
std::size_t edit_distance(std::string_view a, std::string_view b);

// Of `names` that with the smallest Levenshtein distance from `written`, the first of equals; empty without names.
std::string nearest_name(std::string_view written, const std::vector<std::string>& names);

}  // namespace reticle
