// SPDX-License-Identifier: Apache-2.0
// Fourier coefficients of outlines, exact, with a fast way for horizontal and vertical edges: there an
// upright edge's part is a product of a factor of m and one of n (litho/imaging/polygon_spectrum.h).
#pragma once

#include <span>

#include "kernels/base/spectrum.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// As polygon_spectrum(), for oriented rings: counterclockwise ones add, clockwise ones (holes) take away.
template <class T>
Spectrum<T> outline_spectrum(std::span<const Polygon> rings, const Box& field, int half_x, int half_y);

}  // namespace reticle
