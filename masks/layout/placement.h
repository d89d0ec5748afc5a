// SPDX-License-Identifier: Apache-2.0
// Where references put cells: maps of the plane, and boxes of what they place. Private to masks/layout.
#pragma once

#include "litho/geometry/polygon.h"
#include "masks/layout/cell_library.h"

namespace reticle::layout {

inline const Box k_nothing{1.0, 1.0, -1.0, -1.0};
inline bool is_empty(const Box& box) { return box.x0 > box.x1; }
Box united(const Box& a, const Box& b);
bool touch(const Box& a, const Box& b);

// x' = xx x + xy y + x0, y' = yx x + yy y + y0.
struct Affine {
  double xx = 1, xy = 0, yx = 0, yy = 1, x0 = 0, y0 = 0;

  Point operator()(double x, double y) const { return {xx * x + xy * y + x0, yx * x + yy * y + y0}; }
  Affine after(const Affine& inner) const;  // this after `inner`
  Affine inverse() const;
  Box box(const Box& b) const;
};

// Placement of the first element of a reference; multiples of a right angle are exact.
Affine placement(const Placement& r);

// What all elements cover, of a cell's box.
Box array_box(const Placement& r, const Box& cell);

}  // namespace reticle::layout
