// SPDX-License-Identifier: Apache-2.0
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

// Chords for a full circle, a multiple of 4: as many as keep them within half a database unit of it, at least 32.
int circle_chords(double radius);

// One outline around the path: along its left side, around its end and back on its right. It may cross
// itself; what it winds around is the path. On the outer side of a turn the sides meet where they do up to 90
// degrees, beyond that each goes half a width on and the two ends are joined; on the inner side they meet
// unless a segment is too short for that, which leaves the corner to pass through the centre. So do KLayout
// and gdstk. Steps off the centre line are rounded to database units, halves away from the line: a width is
// the same wherever the path lies. A single point, or equal ones, is drawn as a path rightwards. Empty for a
// width of 0 and for a single point without ends. Throws Error(bad_input) beyond 32 bits.
std::vector<DbPoint> path_outline(const std::vector<DbPoint>& centre, double width, const PathEnds& ends);

}  // namespace reticle::layout
