// SPDX-License-Identifier: Apache-2.0
// Euclidean distances in binary images, exact.
#pragma once

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"

namespace reticle {

// Squared distance, in pixels, from every pixel's centre to that of the nearest set pixel of the
// image, frame not counted; k_no_distance everywhere if there is none.
// [Felzenszwalb & Huttenlocher, Theory of Computing 8 (2012) 415]
inline constexpr float k_no_distance = 1e12f;
Image<float> squared_distance(const BitImage& image);

}  // namespace reticle
