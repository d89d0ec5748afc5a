// SPDX-License-Identifier: Apache-2.0
// Which elements of an array of placements can be seen in a window. Private to masks/layout.
#pragma once

#include <cstdint>
#include <optional>

#include "masks/layout/placement.h"

namespace reticle::layout {

inline constexpr double k_lattice_slack = 1e-3;  // of a column or row, for rounding

// Elements of an array, and how many columns and rows follow the first.
struct Lattice {
  std::int64_t i0, j0, columns, rows;
};

// A part of the array that has all elements whose box can touch the window, and others; nothing if there are none.
// `child`: the box of the first element.
std::optional<Lattice> elements_near(const Placement& r, const Box& child, const Box& window);

// Calls visit(dx, dy) with the offset from the first element of each one whose box touches the window.
template <class Visit>
void for_elements(const Placement& r, const Box& child, const Box& window, const Visit& visit) {
  const std::optional<Lattice> lattice = elements_near(r, child, window);
  if (!lattice) return;
  for (std::int64_t j = lattice->j0; j <= lattice->j0 + lattice->rows; ++j)
    for (std::int64_t i = lattice->i0; i <= lattice->i0 + lattice->columns; ++i) {
      const auto di = static_cast<double>(i), dj = static_cast<double>(j);
      const double x = di * r.column_x + dj * r.row_x, y = di * r.column_y + dj * r.row_y;
      if (touch({child.x0 + x, child.y0 + y, child.x1 + x, child.y1 + y}, window)) visit(x, y);
    }
}

}  // namespace reticle::layout
