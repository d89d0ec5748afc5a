// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/pixel_rows.h"

#include "kernels/cpu/disc_loops.h"
#include "kernels/cpu/row_loops.h"

namespace reticle::cpu {

void spread_strip(Width width, Spread spread, const DiscStrip& strip) {
  if (width == Width::sixteen) return wide::spread_strip(spread, strip);
  spread_strip<Words>(spread, strip);
}

void weighted_sum(Width width, const float* weights, int count, const float* const* from, int cols, float* to) {
  if (width == Width::sixteen) return wide::weighted_sum(weights, count, from, cols, to);
  weighted_sum<Lanes<float>>(weights, count, from, cols, to);
}

}  // namespace reticle::cpu
