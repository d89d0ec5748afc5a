// SPDX-License-Identifier: Apache-2.0
// Which drawn features print at all, and what prints beside them: the first thing to know of a mask.
#pragma once

#include <cstdint>

#include "litho/geometry/bit_image.h"

namespace reticle {

struct PrintedFeatures {
  std::int64_t drawn = 0;    // connected regions of the target
  std::int64_t missing = 0;  // of these, where nothing prints
  std::int64_t extra = 0;    // connected regions of the print that touch no target
  bool operator==(const PrintedFeatures&) const = default;

  bool nothing_prints() const { return drawn > 0 && missing == drawn; }
};

// Of a print and its target on one grid, their frames clear. Counted are the parts within the box, missing or
// extra where the whole is, beyond the box too; one that reaches over the box's lower or left side belongs to
// the tile there, so that tiles add up.
PrintedFeatures printed_features(const BitImage& print, const BitImage& target, const PixelBox& box);
PrintedFeatures printed_features(const BitImage& print, const BitImage& target);

}  // namespace reticle
