// SPDX-License-Identifier: Apache-2.0
// Outlines of as few corners as a distance allows.
#pragma once

#include "litho/geometry/polygon.h"

namespace reticle {

// A subset of a ring's corners as small as there is between two that stay (the lowest and the one farthest from it), such
// that each edge and the part of the ring that it stands for keep within tolerance_nm of each other [shortest path over
// the possible edges; H. Imai and M. Iri, J. Inf. Process. 9 (1986) 159]; of equal ones that which leaves least area on
// either side of its edges. Corners on the edges of the box stay, so that rings cut by it still meet their neighbours.
// The same wherever the ring begins. Empty if fewer than three corners are left. Throws Error(invalid_argument) for a
// negative tolerance.
Polygon fewest_corners(const Polygon& ring, double tolerance_nm, const Box& box);

}  // namespace reticle
