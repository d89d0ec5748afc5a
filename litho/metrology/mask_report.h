// SPDX-License-Identifier: Apache-2.0
// Every figure of merit of one corrected mask, gathered by one function for all who report them.
#pragma once

#include <cstdint>

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"
#include "litho/metrology/edge_placement.h"
#include "litho/metrology/mask_rules.h"

namespace reticle {

struct MaskReport {
  double l2_nm2 = 0.0;       // area in which nominal print and target differ
  double pv_band_nm2 = 0.0;  // area in which outer and inner print differ
  int epe_violations = 0;
  double epe_max_nm = 0.0;
  double epe_mean_abs_nm = 0.0;
  std::int64_t shots = 0;
  MaskRules rules;
};

// What the mask should print and what it prints, all on one grid.
struct MaskPrints {
  ImageView<const std::uint8_t> target;
  ImageView<const float> nominal_intensity;
  ImageView<const std::uint8_t> outer;  // print of the largest dose
  ImageView<const std::uint8_t> inner;  // print of the smallest dose, out of focus
};

// The same packed, all frames clear, with the print at the level.
struct PackedPrints {
  const BitImage& target;
  ImageView<const float> nominal_intensity;
  const BitImage& nominal;
  const BitImage& outer;
  const BitImage& inner;
};

// Throws invalid_argument when an image does not lie on the grid, and what the single measures
// throw (edge_placement.h, mask_rules.h).
MaskReport measure(ImageView<const std::uint8_t> mask, const MaskPrints& prints, const PrintLevel& level,
                   const Grid& grid, const EdgePlacementSettings& settings = {});
MaskReport measure(const BitImage& mask, const PackedPrints& prints, const PrintLevel& level,
                   const Grid& grid, const EdgePlacementSettings& settings = {});

}  // namespace reticle
