// SPDX-License-Identifier: Apache-2.0
// From edges that meet at their ends only to the rings around what they enclose.
#pragma once

#include <functional>
#include <vector>

#include "litho/geometry/grid_edges.h"

namespace reticle::planar {

// Closed; starts at its smallest point.
using Ring = std::vector<GridPoint>;

// Twice the area, positive counterclockwise.
Wide twice_area(const Ring& ring);

// Without repeated points, points within an edge and spikes that enclose nothing; empty if nothing is left.
Ring without_idle_points(Ring ring);
std::vector<Ring> without_idle_points(std::vector<Ring> rings);

// Whether a place belongs to the result, from the winding numbers of shapes and frame around it.
using Inside = std::function<bool(int shape, int frame)>;

// Rings around all places inside, outer ones counterclockwise and holes clockwise. They do not cross; where
// places inside touch at a point, each keeps its own ring, with that point. The edges must be noded.
std::vector<Ring> rings_of(const std::vector<Edge>& edges, const Inside& inside);

// Holes of rings_of()'s rings joined to the ring around them by cuts of zero width between corners that are
// there already.
std::vector<Ring> holes_joined(std::vector<Ring> rings);

}  // namespace reticle::planar
