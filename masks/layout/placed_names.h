// SPDX-License-Identifier: Apache-2.0
// Numbers for the cells that a file places, given as their names come. Private to the readers.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

namespace reticle::layout {

class PlacedNames {
 public:
  std::size_t number(const std::string& name) {
    const auto [known, is_new] = numbers_.try_emplace(name, names.size());
    if (is_new) names.push_back(name);
    return known->second;
  }
  // Of a cell whose name comes later: names[number] is to be set.
  std::size_t number() {
    names.emplace_back();
    return names.size() - 1;
  }
  std::vector<std::string> names;

 private:
  std::unordered_map<std::string, std::size_t> numbers_;
};

}  // namespace reticle::layout
