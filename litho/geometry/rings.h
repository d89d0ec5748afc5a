// SPDX-License-Identifier: Apache-2.0
// Outlines of polygons as rings, without the cuts that join holes to them.
#pragma once

#include <span>
#include <vector>

#include "litho/geometry/polygon.h"

namespace reticle {

// The outline of polygons that do not overlap, of either orientation: outer rings counterclockwise, holes
// clockwise, corners only. Edges that lie on one another in opposite directions are no outline: they are
// cuts of zero width from a hole to its outline, or where two polygons meet. Shapes that touch at a corner
// alone stay apart. Coordinates are taken as multiples of resolution_nm.
std::vector<Polygon> rings_of(std::span<const Polygon> polygons, double resolution_nm = 1e-3);

// Whether a point lies inside rings, by the parity of the crossings to its right.
bool is_inside(std::span<const Polygon> rings, Point point);

}  // namespace reticle
