// SPDX-License-Identifier: Apache-2.0
// Masks of tiles put together: polygons that tiles' borders cut become whole again.
#pragma once

#include <span>
#include <vector>

#include "litho/chip/tiling.h"
#include "masks/job/block_file.h"

namespace reticle {

// The outlines of a block's tiles in the layout's database units, in the tiles' order. Those that meet across a border of
// tiles are united; of the others, and at borders of the block, nothing changes.
// Throws Error(bad_input) for coordinates beyond 32 bits.
std::vector<std::vector<layout::DbPoint>> whole_polygons(const BlockResults& results, const TilePlan& plan, double dbu_nm);

}  // namespace reticle
