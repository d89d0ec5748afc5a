// SPDX-License-Identifier: Apache-2.0
// Removal of specks and pinholes from a binary mask.
#pragma once

#include <cstdint>

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"

namespace reticle {

// Fills holes, then clears shapes, of less than min_area_nm2 (regions as in regions.h; clear
// regions at the border are no holes), until none is left. Other pixels stay as they are, though
// shapes become 0 and 1. Throws invalid_argument when mask and grid differ in size or the area is
// negative or not finite.
Image<std::uint8_t> remove_specks(ImageView<const std::uint8_t> mask, const Grid& grid,
                                  double min_area_nm2);

// The same for a packed mask on its own pixels; its frame must be clear. In pixels, >= 0.
void remove_specks(BitImage& mask, double min_pixels);

}  // namespace reticle
