// SPDX-License-Identifier: Apache-2.0
// What a grey mask on a coarse grid lacks of the mask that it stands for.
//
// Optics sees the orders of a mask. Those of the mask that is written, c_w, are exact; those of the sigmoid of its
// parameters on a working grid, c_g, differ by what a pixel cannot tell: where within it an edge lies, the slope of the
// sigmoid, the cut, the rules. The image that is optimised is that of
//
//   c_g(p) + d,  d = c_w(p_0) - c_g(p_0)
//
// so that it is the written mask's at the parameters p_0 last looked at, and near them to first order: deferred
// correction [Stetter 1978, Numer. Math. 29, 425].
#pragma once

#include <cstdint>

#include "kernels/base/image.h"

namespace reticle {

// The image with the orders d up to the half widths, on the grid of `grey`, which holds transmissions 0..1; `written`
// covers the same field with finer pixels.
Image<float> unresolved(const Image<std::uint8_t>& written, const Image<float>& grey, int half_x, int half_y);

}  // namespace reticle
