// SPDX-License-Identifier: Apache-2.0
#include "masks/job/layout_pitch.h"

#include <algorithm>
#include <cmath>

#include "litho/geometry/boolean.h"

namespace reticle {

FinestLines sampled_lines(const LayoutInput& layout, double side_nm) {
  constexpr int k_side = 5;
  const Box& extent = layout.extent;
  FinestLines finest;
  const double dbu = layout.dbu_nm;  // cut edges lie on it
  const double side = std::round(side_nm / dbu) * dbu;
  const auto start = [&](double from, double length, int i) {
    return std::round((from + std::max(0.0, length - side) * i / (k_side - 1)) / dbu) * dbu;
  };
  for (int y = 0; y < k_side; ++y)
    for (int x = 0; x < k_side; ++x) {
      const double x0 = start(extent.x0, extent.width(), x), y0 = start(extent.y0, extent.height(), y);
      const Box box{x0, y0, x0 + side, y0 + side};
      finest = finer_of(finest, finest_lines(clip(layout.geometry(box), box, dbu), box));
    }
  return finest;
}

}  // namespace reticle
