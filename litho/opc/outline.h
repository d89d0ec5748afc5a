// SPDX-License-Identifier: Apache-2.0
// The outlines of a design: rings with the inside on the left, holes clockwise, without the cuts of
// zero width that join a hole to its outline in a polygon.
#pragma once

#include <span>
#include <vector>

#include "litho/geometry/polygon.h"

namespace reticle {

// Points are corners only. Polygons of either orientation that do not overlap; shapes that share a
// piece of an edge become one. Points closer than resolution_nm are one.
std::vector<Polygon> outlines(std::span<const Polygon> polygons, double resolution_nm = 1e-3);

}  // namespace reticle
