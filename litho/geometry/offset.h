// Polygons whose edges are moved along their normals.
#pragma once

#include "litho/geometry/polygon.h"

namespace reticle {

// The polygon with every edge moved outwards by a distance (inwards if negative), corners where
// neighbouring edges then meet. The cut of zero width that joins a hole to its outline stays, so
// that holes shrink as shapes grow, to a square of the distance where the cut meets the hole. Repeated points and points within an edge are left out.
// Meant for distances small against the shape; the result is not checked for edges that cross.
Polygon moved_edges(const Polygon& polygon, double distance_nm);

}  // namespace reticle
