// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/box_tree.h"

namespace reticle::layout {

BoxTree::BoxTree(std::span<const Box> boxes) : count_(boxes.size()) {
  const auto grouped = [](std::span<const Box> of) {
    std::vector<Box> groups;
    for (std::size_t i = 0; i < of.size(); i += k_group) {
      Box around = k_nothing;
      for (const Box& box : of.subspan(i, std::min(k_group, of.size() - i))) around = united(around, box);
      groups.push_back(around);
    }
    return groups;
  };
  if (boxes.empty()) return;
  levels_.push_back(grouped(boxes));
  while (levels_.back().size() > k_group) levels_.push_back(grouped(levels_.back()));
}

}  // namespace reticle::layout
