// SPDX-License-Identifier: Apache-2.0
// Figures of merit of binary prints, as the ICCAD-2013 mask-optimisation contest counts them.
#pragma once

#include <cstdint>

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"
#include "litho/imaging/print_level.h"

namespace reticle {

// 1 where the drawn feature prints (print_level.h), else 0.
Image<std::uint8_t> print(ImageView<const float> intensity, const PrintLevel& level);
BitImage print_bits(ImageView<const float> intensity, const PrintLevel& level);

// Pixels where one image is 0 and the other is not. Throws invalid_argument for different sizes.
std::int64_t count_differing(ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b);

// L2: pixels where the nominal print differs from the target.
inline std::int64_t l2_pixels(ImageView<const std::uint8_t> nominal,
                              ImageView<const std::uint8_t> target) {
  return count_differing(nominal, target);
}

// PV band: pixels where the outer print differs from the inner one.
inline std::int64_t pv_band_pixels(ImageView<const std::uint8_t> outer,
                                   ImageView<const std::uint8_t> inner) {
  return count_differing(outer, inner);
}

}  // namespace reticle
