// The name that somebody meant who wrote another.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reticle {

// Of `names` that with the smallest Levenshtein distance from `written`, the first of equals; empty without names.
std::string nearest_name(std::string_view written, const std::vector<std::string>& names);

}  // namespace reticle
