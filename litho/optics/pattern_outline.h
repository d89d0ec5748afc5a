// SPDX-License-Identifier: Apache-2.0
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

// Parts of outlines between different transmissions: where a shape touches another one or a copy, to 1e-6
// nm, that one's transmission is outside, elsewhere the background's. What touches its like is no edge, nor
// are parts shorter than 1e-5 nm. A boundary between two shapes is an edge of both. Of valid shapes in the
// pattern's period and background.
std::vector<OutlineEdge> outline_edges(const Pattern& pattern, std::span<const PatternShape> shapes);

}  // namespace reticle
