// The last stage of a tile: parameters to mask, and what the mask prints in the core.
#pragma once

#include "litho/correction/settings.h"
#include "litho/correction/tile_result.h"
#include "litho/correction/tiling.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// Interpolates parameters over the tile's field to the mask's pixels, cuts at 0, cleans the mask and
// measures its prints, all on the whole field so that neighbours agree at the seam; keeps the core.
// design as from tile_design().
TileResult finish_tile(const OpticalModel& model, const IltSettings& settings, const TilePlan& plan,
                       const Design& design, const Image<float>& parameters);

}  // namespace reticle
