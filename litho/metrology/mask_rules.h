// SPDX-License-Identifier: Apache-2.0
// Mask rules: what a mask shop measures with a ruler on a binary mask.
#pragma once

#include <cstdint>
#include <optional>

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"
#include "litho/geometry/polygon.h"

namespace reticle {

struct RulerDistance {
  double distance_nm = 0.0;
  Point place;  // middle of the ruler, nm
};

// Width and space: from every unit of the outline a ruler goes along the smoothed normal through
// the shape (width) or the clear (space) to the opposite outline, and counts where the two normals
// oppose each other within 30 degrees; so corners above 30 degrees are never measured. Outline
// points and normals are averaged over up to 3 and 6 pixels on either side, which takes out the
// staircase of slanted edges. Empty: nothing within the search range.
struct MaskRules {
  std::optional<RulerDistance> min_width;
  std::optional<RulerDistance> min_space;
  int components = 0;                            // joined by pixel edges
  std::optional<double> smallest_component_nm2;  // empty for an empty mask
  std::optional<double> smallest_hole_nm2;       // empty where there is no hole
};

// search_range_nm bounds the rulers. Throws invalid_argument when mask and grid differ in size or
// the range is not positive.
// The frame of a BitImage must be clear.
MaskRules measure_mask_rules(const BitImage& mask, const Grid& grid,
                             double search_range_nm = 200.0);
MaskRules measure_mask_rules(ImageView<const std::uint8_t> mask, const Grid& grid,
                             double search_range_nm = 200.0);

}  // namespace reticle
