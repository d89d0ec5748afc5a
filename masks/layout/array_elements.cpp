// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/array_elements.h"

#include <algorithm>
#include <cmath>

namespace reticle::layout {

std::optional<Lattice> elements_near(const Placement& r, const Box& child, const Box& window) {
  // Offsets d for which child + d touches: d in this box.
  const Box offsets{window.x0 - child.x1, window.y0 - child.y1, window.x1 - child.x0,
                    window.y1 - child.y0};
  int i0 = 0, i1 = r.columns - 1, j0 = 0, j1 = r.rows - 1;
  const double det = r.column_x * r.row_y - r.column_y * r.row_x;
  if (det != 0.0) {
    double i_low = 1e300, i_high = -1e300, j_low = 1e300, j_high = -1e300;
    for (const double x : {offsets.x0, offsets.x1})
      for (const double y : {offsets.y0, offsets.y1}) {
        const double i = (x * r.row_y - y * r.row_x) / det,
                     j = (r.column_x * y - r.column_y * x) / det;
        i_low = std::min(i_low, i);
        i_high = std::max(i_high, i);
        j_low = std::min(j_low, j);
        j_high = std::max(j_high, j);
      }
    const auto low = [](double v) {
      return static_cast<int>(std::clamp(std::ceil(v - k_lattice_slack), 0.0, 2147483647.0));
    };
    const auto high = [](double v, int last) {
      return static_cast<int>(std::clamp(std::floor(v + k_lattice_slack), -1.0, static_cast<double>(last)));
    };
    i0 = low(i_low), i1 = high(i_high, i1), j0 = low(j_low), j1 = high(j_high, j1);
  } else {
    // A row, a column, or all in one place: the same placement over and over covers nothing new.
    if (r.column_x == 0.0 && r.column_y == 0.0) i1 = 0;
    if (r.row_x == 0.0 && r.row_y == 0.0) j1 = 0;
    // Of a single row or column, those whose step leads into the offsets.
    const auto narrow = [](double step, double low, double high, int& begin, int& last) {
      if (step == 0.0) return;
      const double a = low / step, b = high / step;
      begin = static_cast<int>(std::clamp(std::floor(std::min(a, b)), static_cast<double>(begin), 2147483647.0));
      last = static_cast<int>(std::clamp(std::ceil(std::max(a, b)), -1.0, static_cast<double>(last)));
    };
    if (j1 == 0) narrow(r.column_x, offsets.x0, offsets.x1, i0, i1), narrow(r.column_y, offsets.y0, offsets.y1, i0, i1);
    if (i1 == 0) narrow(r.row_x, offsets.x0, offsets.x1, j0, j1), narrow(r.row_y, offsets.y0, offsets.y1, j0, j1);
  }
  if (i1 < i0 || j1 < j0) return {};
  return Lattice{i0, j0, std::int64_t{i1} - i0, std::int64_t{j1} - j0};
}

}  // namespace reticle::layout
