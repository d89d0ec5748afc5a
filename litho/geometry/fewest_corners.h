// SPDX-License-Identifier: Apache-2.0
// Outlines of as few corners as a distance allows.
#pragma once

#include "litho/geometry/polygon.h"

namespace reticle {

// An outline of a ring whose corners are whole multiples of step_nm within tolerance_nm of the ring's (where none is, the
// ring's own, as with a step of 0), such that each edge and the part of the ring that it stands for keep within tolerance_nm
// of each other: of few corners and with little area on either side of its edges, by the shortest path over the possible
// edges [H. Imai and M. Iri, J. Inf. Process. 9 (1986) 159]. An edge costs 1 + 30 (its mean distance from the ring /
// tolerance_nm)^2. Corners on the edges of the box stay, so that rings cut by it still meet their neighbours, and no others
// come there. The same wherever the ring begins. Empty if fewer than three corners are left. Throws Error(invalid_argument)
// for a negative tolerance or step.
Polygon fewest_corners(const Polygon& ring, double tolerance_nm, const Box& box, double step_nm);

}  // namespace reticle
