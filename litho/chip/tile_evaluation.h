// SPDX-License-Identifier: Apache-2.0
// The end of a tile: parameters to mask, and what the finished masks print in its core.
#pragma once

#include <cstdint>

#include "litho/verification/corner_images.h"
#include "litho/ilt/settings.h"
#include "litho/chip/tile_method.h"
#include "litho/chip/tile_result.h"
#include "litho/chip/tiling.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// Interpolates parameters over the tile's field to the mask's pixels, cuts at 0 and cleans the mask,
// all on the whole field so that neighbours agree at the seam; keeps the core,
// drawn back by the mask's bias.
Image<std::uint8_t> finish_mask(const IltSettings& settings, const TilePlan& plan,
                                const Design& drawn, const Image<float>& parameters, double mask_bias_nm = 0.0);

// Measures one tile after another with plans and memory taken once. Not thread-safe: one per thread.
// Model, settings, as from resolved(), and plan outlive it.
class TileMeasurer {
 public:
  TileMeasurer(const OpticalModel& model, const IltSettings& settings, const TilePlan& plan);
  // A stage whose stage before makes mask_bytes(): images the masks around the core as they are.
  TileMeasures measure(const TileWork& tile);
  // drawn as from tile_design(), mask over the tile's field.
  TileMeasures measure(const Design& drawn, const Image<std::uint8_t>& mask);

 private:
  const OpticalModel& model_;
  const IltSettings& settings_;
  const TilePlan& plan_;
  CornerImages images_;
};

}  // namespace reticle
