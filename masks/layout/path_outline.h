// The outline of a path: a centre line with a width.
#pragma once

#include <vector>

#include "masks/layout/cell_library.h"

namespace reticle::layout {

struct PathEnds {
  bool round = false;
  double before = 0.0;  // how far the path reaches beyond its first point, database units
  double after = 0.0;   // and beyond its last
};

// Polygons that together cover the path: a box for each segment, a mitred (beyond 120 degrees of
// turn bevelled) join at each corner, round ends as 32-gons. They overlap; their union is the path.
// Coordinates are rounded to database units. Empty for a width of 0 or a single point without ends.
std::vector<std::vector<DbPoint>> path_outline(const std::vector<DbPoint>& centre, double width,
                                               const PathEnds& ends);

}  // namespace reticle::layout
