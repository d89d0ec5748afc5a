// SPDX-License-Identifier: Apache-2.0
// Outlines with fewer corners, within a stated distance.
#pragma once

#include "litho/geometry/polygon.h"

namespace reticle {

// A subset of a ring's corners, none of those left out farther than tolerance_nm from the new
// outline [D. Douglas and T. Peucker, Cartographica 10 (1973) 112]. Corners on the edges of the box
// stay, so that rings cut by it still meet their neighbours. Empty if fewer than three corners are
// left. Throws Error(invalid_argument) for a negative tolerance.
Polygon simplify(const Polygon& ring, double tolerance_nm, const Box& box);

}  // namespace reticle
