// SPDX-License-Identifier: Apache-2.0
// Signed area of a polygon by the shoelace formula: A = 1/2 sum (x_i y_{i+1} - x_{i+1} y_i).
#pragma once

#include <cstddef>

#include "litho/geometry/polygon.h"

namespace reticle {

// nm2; positive for counterclockwise points. Taken relative to the first point, which keeps
// digits for small polygons far from the origin.
inline double signed_area(const Polygon& polygon) {
  double twice = 0.0;
  for (std::size_t i = 2; i < polygon.size(); ++i) {
    const Point& o = polygon[0];
    const Point& a = polygon[i - 1];
    const Point& b = polygon[i];
    twice += (a.x - o.x) * (b.y - o.y) - (b.x - o.x) * (a.y - o.y);
  }
  return 0.5 * twice;
}

}  // namespace reticle
