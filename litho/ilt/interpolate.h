// SPDX-License-Identifier: Apache-2.0
// Smooth periodic images: blur, and interpolation between grids over the same field.
#pragma once

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"

namespace reticle {

// Convolution with a Gaussian of standard deviation sigma_px pixels, periodic; 0 copies.
Image<float> gaussian_blur(const Image<float>& image, double sigma_px);

// Where the image, taken to the pixel centres of another grid over the same field (kernels/cpu/resample.h),
// is above 0.
BitImage positive_where_resampled(const Image<float>& image, int rows, int cols);

}  // namespace reticle
