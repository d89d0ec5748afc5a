// SPDX-License-Identifier: Apache-2.0
// Boxes found by window, in memory for a sixteenth of them: around each 16 in a row one box, around each 16 of those
// another [Guttman 1984, packed]. Boxes near each other should stand near each other in the row.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "masks/layout/placement.h"

namespace reticle::layout {

class BoxTree {
 public:
  BoxTree() = default;
  explicit BoxTree(std::span<const Box> boxes);
  bool empty() const { return levels_.empty(); }
  // Calls visit(first, last) in ascending order for groups whose box touches the window: all boxes that touch it, and
  // others.
  template <class Visit>
  void near(const Box& window, const Visit& visit) const {
    if (!empty()) near(levels_.size() - 1, 0, levels_.back().size(), window, visit);
  }

 private:
  static constexpr std::size_t k_group = 16;

  template <class Visit>
  void near(std::size_t level, std::size_t first, std::size_t last, const Box& window, const Visit& visit) const {
    const std::size_t below = level == 0 ? count_ : levels_[level - 1].size();
    for (std::size_t i = first; i < last; ++i) {
      if (is_empty(levels_[level][i]) || !touch(levels_[level][i], window)) continue;
      const std::size_t begin = i * k_group, end = std::min(begin + k_group, below);
      if (level == 0) visit(begin, end);
      else near(level - 1, begin, end, window, visit);
    }
  }

  std::size_t count_ = 0;
  std::vector<std::vector<Box>> levels_;  // [0] around the boxes themselves; the last has a group at most
};

}  // namespace reticle::layout
