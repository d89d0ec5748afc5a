// SPDX-License-Identifier: Apache-2.0
// Edges that face each other: widths and spaces of polygons.
#pragma once

#include <vector>

#include "litho/geometry/polygon.h"

namespace reticle {

struct DirectedEdge {
  Point a, u;  // its start and direction, the inside to the left
  double length = 0.0;
};

// Those of some length, of a polygon of either orientation.
std::vector<DirectedEdge> directed_edges(const Polygon& polygon);

// From one edge across to another that faces it, where they lie beside each other: above 0 over the inside (a width),
// below 0 over the outside (a space). 0: it does not face it.
double distance_across(const DirectedEdge& edge, const DirectedEdge& other);

}  // namespace reticle
