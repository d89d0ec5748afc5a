// SPDX-License-Identifier: Apache-2.0
// Fourier coefficients of polygons in a periodic field, exact: no raster, no pixels.
//
//   c(k) = 1 / (px py) Int_P exp(-i k.r) dA = 1 / (px py) sum_edges 1 / (-i kx) Int exp(-i k.r) dy
//
// by Green's theorem; for kx = 0 the other component is used, for k = 0 the area.
// [Lee & Mittra 1983, IEEE Trans. AP 31, 99]
#pragma once

#include <span>

#include "kernels/base/spectrum.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// Coefficients, orders -half_x..half_x, -half_y..half_y, of the function that is 1 inside the
// polygons and 0 outside, repeated with the field's width and height; phases count from the field's
// lower left corner. Polygons may have either orientation and any edge angle; they must not overlap.
// Cost: orders x (number of slanted and vertical edges). Rounding: about 1e-15 of the covered area.
Spectrum<double> polygon_spectrum(std::span<const Polygon> polygons, const Box& field, int half_x,
                                  int half_y);

}  // namespace reticle
