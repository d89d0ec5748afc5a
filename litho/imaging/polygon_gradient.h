// SPDX-License-Identifier: Apache-2.0
// How a function of a mask's Fourier coefficients changes as the corners of its polygons move.
//
//   dc(f) = 1 / (px py) sum_edges Int_0^1 exp(-2 pi i f.r(t)) (dr(t) x e) dt,  r(t) = a + t e
//
// for an outline that runs counterclockwise (polygon_spectrum.h): with a corner moves one end of two edges.
#pragma once

#include <span>
#include <vector>

#include "kernels/base/spectrum.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// dL/dx and dL/dy of every corner, for d_mask = dL/dRe c + i dL/dIm c. Of the polygons as they are given to
// polygon_spectrum(): they must not overlap. Cost: orders x edges.
std::vector<std::vector<Point>> polygon_gradient(std::span<const Polygon> polygons, const Box& field,
                                                 const Spectrum<double>& d_mask);

}  // namespace reticle
