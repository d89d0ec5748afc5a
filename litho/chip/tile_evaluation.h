// The last stage of a tile: parameters to mask, and what the mask prints in the core.
#pragma once

#include "litho/verification/corner_images.h"
#include "litho/ilt/settings.h"
#include "litho/chip/tile_result.h"
#include "litho/chip/tiling.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// Finishes one tile after another with plans and memory taken once. Not thread-safe: one per
// thread. Model, settings, as from resolved(), and plan outlive it.
class TileFinisher {
 public:
  TileFinisher(const OpticalModel& model, const IltSettings& settings, const TilePlan& plan);
  // As finish_tile() below.
  TileResult finish(const Design& design, const Image<float>& parameters);

 private:
  const OpticalModel& model_;
  const IltSettings& settings_;
  const TilePlan& plan_;
  CornerImages images_;
};

// Interpolates parameters over the tile's field to the mask's pixels, cuts at 0, cleans the mask
// and measures its prints, all on the whole field so that neighbours agree at the seam; keeps the
// core. design as from tile_design().
TileResult finish_tile(const OpticalModel& model, const IltSettings& settings, const TilePlan& plan,
                       const Design& design, const Image<float>& parameters);

}  // namespace reticle
