// SPDX-License-Identifier: Apache-2.0
// How the parameter fields of neighbouring tiles become one: each weighs 1 inside its core and falls
// smoothly to 0 across the seam, and all weights together are 1 everywhere:
//   w(x) = s(x) s(C - x),  s(x) = (1 + sin(pi x / 2b)) / 2 for |x| <= b,  C the core, b the blend.
#pragma once

#include <functional>

#include "kernels/base/image.h"
#include "litho/chip/tiling.h"

namespace reticle {

// Grids of one tile, relative to the lower left corner of its core. A patch is what its neighbours
// need: the core and the blend on either side.
Grid patch_grid(const TilePlan& plan, double blend_nm, double pixel_nm);
Grid field_grid(const TilePlan& plan, double pixel_nm);

// The patch of a field that optimize() gave.
Image<float> patch_of(const TilePlan& plan, double blend_nm, const Image<float>& field,
                      double pixel_nm);

// A neighbour's patch; empty image: `background` everywhere.
using PatchSource = std::function<Image<float>(TileIndex)>;

// The blended parameters over a tile's field, from its own patch and those of the tiles that reach
// into the field. Two tiles that share pixels get the same values there, bit for bit.
Image<float> blended_field(const TilePlan& plan, double blend_nm, double pixel_nm, float background,
                           TileIndex tile, const PatchSource& patches);

}  // namespace reticle
