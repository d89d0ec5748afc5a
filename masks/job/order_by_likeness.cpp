// SPDX-License-Identifier: Apache-2.0
#include "masks/job/order_by_likeness.h"

#include <map>

namespace reticle {

std::vector<std::size_t> order_by_likeness(std::span<const MaskOutlines> masks) {
  using Outline = MaskOutlines::value_type;
  const auto before = [](const Outline* a, const Outline* b) { return *a < *b; };
  std::map<const Outline*, std::vector<std::size_t>, decltype(before)> holders(before);
  for (std::size_t i = 0; i < masks.size(); ++i)
    for (const Outline& outline : masks[i]) holders[&outline].push_back(i);

  std::vector<char> taken(masks.size(), 0);
  std::vector<std::size_t> order, shared(masks.size());
  std::size_t first_left = 0;
  while (order.size() < masks.size()) {
    while (taken[first_left]) ++first_left;
    std::size_t next = first_left;
    if (!order.empty()) {
      std::vector<std::size_t> alike;
      for (const Outline& outline : masks[order.back()])
        for (const std::size_t i : holders.find(&outline)->second) {
          if (taken[i]) continue;
          if (shared[i] == 0) alike.push_back(i);
          shared[i] += outline.size();
        }
      for (const std::size_t i : alike)
        if (shared[i] > shared[next] || (shared[i] == shared[next] && i < next)) next = i;
      for (const std::size_t i : alike) shared[i] = 0;
    }
    taken[next] = 1;
    order.push_back(next);
  }
  return order;
}

}  // namespace reticle
