// SPDX-License-Identifier: Apache-2.0
// How far points lie from an outline, and a box that cuts none.
#pragma once

#include <algorithm>
#include <cmath>

#include "litho/geometry/polygon.h"

namespace reticle::test {

inline constexpr Box k_nowhere{-1e9, -1e9, 1e9, 1e9};

inline double distance(const Point& p, const Polygon& ring) {
  double nearest = 1e300;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Point &a = ring[i], &b = ring[(i + 1) % ring.size()];
    const double ux = b.x - a.x, uy = b.y - a.y;
    const double t = std::clamp(((p.x - a.x) * ux + (p.y - a.y) * uy) / (ux * ux + uy * uy), 0.0, 1.0);
    nearest = std::min(nearest, std::hypot(p.x - a.x - t * ux, p.y - a.y - t * uy));
  }
  return nearest;
}

}  // namespace reticle::test
