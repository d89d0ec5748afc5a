// SPDX-License-Identifier: Apache-2.0
// The plane cut into vertical slabs in which no lines cross: each runs between neighbouring corners and
// crossings. Within a slab, figures are trapezoids. In double precision, without a grid.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "litho/geometry/polygon.h"

namespace reticle {

// Narrower slabs, and trapezoids flatter than this, are rounding: slabs are joined to their neighbours.
inline constexpr double k_slab_resolution_nm = 1e-9;

struct SlabLine {
  Point a, b;   // a.x <= b.x
  int tag = 0;  // the caller's
  double at(double x) const;  // y; that of an end beyond it
};

struct Slab {
  double x0, x1;
  std::span<const SlabLine* const> lines;  // all that cross it, upwards
};

// The line a -> b from left to right, with the tag negated if it was turned. Upright ones end slabs but
// cross none.
void add_slab_line(Point a, Point b, int tag, std::vector<SlabLine>& lines);

// Slabs from x0 to x1, left to right.
void for_each_slab(std::vector<SlabLine> lines, double x0, double x1,
                   const std::function<void(const Slab&)>& visit);

}  // namespace reticle
