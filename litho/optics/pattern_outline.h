// The edges of a pattern in the periodic plane, whichever way its shapes were cut up.
#pragma once

#include <complex>
#include <span>
#include <vector>

#include "litho/optics/pattern.h"

namespace reticle {

// Part of a shape's outline, from a to b with the shape to the left.
struct OutlineEdge {
  Point a, b;
  std::complex<double> inside, outside;  // transmissions
};

// Equal but for the rounding of a phase's sine and cosine.
bool same_transmission(std::complex<double> a, std::complex<double> b);

// Parts of outlines between different transmissions: where a shape touches another one or a copy, within
// the tolerance, that one's transmission is outside, elsewhere the background's. What touches its like is
// no edge, nor are parts shorter than ten times the tolerance. A boundary between two shapes is an edge of
// both. Shapes must be valid; their places are those of the shapes.
std::vector<OutlineEdge> outline_edges(const Pattern& pattern, std::span<const PatternShape> shapes,
                                       double tolerance_nm);

// A pattern's shapes as they are on the mask, and how exactly neighbours' edges coincide.
struct MaskOutline {
  std::vector<PatternShape> shapes;
  double tolerance_nm;
};

// Those drawn, with the pattern's bias. Throws what validate() throws.
MaskOutline mask_outline(const Pattern& pattern);

}  // namespace reticle
