// SPDX-License-Identifier: Apache-2.0
// The end of a tile: parameters to mask, and what the finished masks print in its core.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "litho/verification/corner_images.h"
#include "litho/ilt/cleanup.h"
#include "litho/ilt/settings.h"
#include "litho/chip/tile_method.h"
#include "litho/chip/tile_result.h"
#include "litho/chip/tiling.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// Looks at what assist features print in a tile. Not thread-safe; model, settings and plan outlive it.
class TileAssists {
 public:
  // `simulated` is the model for masks as they are to come out, or as they are drawn.
  TileAssists(const OpticalModel& model, const OpticalModel& simulated, const IltSettings& settings, const TilePlan& plan);
  // Makes those that print smaller, wherever it bears on the core: neighbours that see the same do the same. Returns
  // how many prints lay in the core.
  std::int64_t trim(const Design& drawn, BitImage& mask);
  // The same with what cleans such masks, made before.
  std::int64_t trim(const Design& drawn, const MaskCleaning& cleaning, BitImage& mask);
  std::int64_t count(const Design& drawn, ImageView<const std::uint8_t> mask);

 private:
  std::int64_t trim(const Design& drawn, const BitImage& fine, const std::function<void(BitImage&)>& clean, BitImage& mask);

  const OpticalModel& model_;
  const IltSettings& settings_;
  const TilePlan& plan_;
  Grid grid_, coarse_;
  Simulator<float> simulator_;
};

// Ends one tile after another. Not thread-safe: one per thread. Model, settings, as from resolved(), and plan
// outlive it.
class TileFinisher {
 public:
  TileFinisher(const OpticalModel& model, const IltSettings& settings, const TilePlan& plan);
  // Whether finished masks are to be checked, as assist features must not print.
  bool checks() const { return assists_.has_value(); }
  // Interpolates parameters over the tile's field to the mask's pixels, cuts at 0, cleans the mask and makes assist
  // features that print smaller, all on the whole field so that neighbours agree at the seam. The core of it, drawn
  // back by the mask's bias unless it is to be checked.
  TileMask finish(const Design& drawn, const Image<float>& parameters);
  // A stage whose stage before is finish(): looks again with the masks of the neighbours as they are.
  TileMask check(const TileWork& tile);

 private:
  const OpticalModel& model_;
  const IltSettings& settings_;
  const TilePlan& plan_;
  std::optional<TileAssists> assists_;
};

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
  std::optional<TileAssists> assists_;
};

}  // namespace reticle
