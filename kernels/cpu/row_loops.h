// SPDX-License-Identifier: Apache-2.0
// Weighted sums of rows of numbers, over V (wide.h).
#pragma once

#include "kernels/cpu/lanes.h"

namespace reticle::cpu {

template <class V>
[[gnu::always_inline]] inline void weighted_sum(const float* weights, int count, const float* const* from, int cols, float* to) {
  constexpr int k_groups = 8, k_block = k_groups * k_lanes_of<V>;  // summed in registers
  int x = 0;
  for (; x + k_block <= cols; x += k_block) {
    V sums[k_groups]{};
    for (int k = 0; k < count; ++k)
      for (int g = 0; g < k_groups; ++g) sums[g] += weights[k] * load_lanes<V>(from[k] + x + g * k_lanes_of<V>);
    for (int g = 0; g < k_groups; ++g) store_lanes(sums[g], to + x + g * k_lanes_of<V>);
  }
  for (; x < cols; x += k_lanes_of<V>) {
    V sum{};
    for (int k = 0; k < count; ++k) sum += weights[k] * load_lanes<V>(from[k] + x, cols - x);
    store_lanes(sum, to + x, cols - x);
  }
}

}  // namespace reticle::cpu
