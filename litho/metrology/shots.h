// SPDX-License-Identifier: Apache-2.0
// Shot count: rectangles needed to write a pixel mask.
#pragma once

#include <cstdint>

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"

namespace reticle {

// Cuts the mask into slabs, one for each run of a row that does not repeat the run of the row
// before with the same ends; the same by columns; the smaller count. An upper bound of the
// minimum partition, exact for rectangles.
// The frame of a BitImage must be clear.
std::int64_t count_shots(const BitImage& mask);
std::int64_t count_shots(ImageView<const std::uint8_t> mask);

}  // namespace reticle
