// SPDX-License-Identifier: Apache-2.0
// The area polygons cover, the slow way: no library, no grid, no ordering of edges to get wrong.
#pragma once

#include <span>

#include "litho/geometry/polygon.h"

namespace reticle::reference {

// Area of the union of polygons, each filled where its winding number is not zero. The plane is cut into
// slabs at every corner and every crossing of two edges. Within a slab nothing crosses, so the covered
// length is linear in x and the slab's area is its width times the length at its middle, found by sorting
// the edges there and counting windings polygon by polygon. In long double: for whole coordinates below 2^31
// the error is below 1e-9 of the perimeter.
double covered_area(std::span<const Polygon> polygons);

// Whether the point lies inside any of them by its winding number, and its distance from the nearest edge.
struct Cover {
  bool inside = false;
  double edge_distance = 0.0;
};
Cover cover_at(std::span<const Polygon> polygons, Point at);

}  // namespace reticle::reference
