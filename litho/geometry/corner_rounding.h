// SPDX-License-Identifier: Apache-2.0
// How far from a drawn outline one that rounds its corners may run: as far as a disc inside the shape, or outside
// of it, leaves between itself and the corner it is rolled into.
#pragma once

#include "litho/geometry/polygon.h"

namespace reticle {

// A turn of the outline by more than this is a corner, by less a facet of a curve.
double least_corner_turn();

// The turn from a -> b to b -> c, radians, to the left positive.
double turn_at(Point a, Point b, Point c);

struct RoundingRoom {
  double inside_nm = 0.0, outside_nm = 0.0;  // along the edge's normal
};

// Of one edge of a ring with its inside on the left.
class EdgeRounding {
 public:
  // The edge from ring[index] to the next corner. Convex corners round inwards, concave ones outwards, by discs of
  // at most this radius: between two corners that turn alike one that leaves the middle of the edge where it is. Edges
  // that end at a facet of a curve have no room.
  EdgeRounding(const Polygon& ring, int index, double radius_nm);
  // At a distance along the edge from its first corner.
  RoundingRoom at(double along_nm) const;

 private:
  // The disc rolled into the corner at one end: its centre along the edge from there, and off the edge.
  struct Disc {
    double radius_nm = 0.0, along_nm = 0.0, off_nm = 0.0;
    bool convex = true;
    double room(double along_nm) const;
  };
  double length_nm_ = 0.0;
  Disc first_, last_;  // of radius 0: none
};

}  // namespace reticle
