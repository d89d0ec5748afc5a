// SPDX-License-Identifier: Apache-2.0
// What a block's file takes of one mask. It is a result like those of tiles: stored under the hash of what decides it, made
// by whichever worker is free, read by the one that writes the file.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "litho/chip/tile_result.h"
#include "litho/chip/tiling.h"
#include "masks/job/block_file.h"

namespace reticle {

struct TracedMask {
  MaskOutlines outlines;
  double area_nm2 = 0.0;
  std::int32_t pixel_rows = 0, pixel_cols = 0;  // 0: the mask has no pixels
};

// All that decides how a mask is traced.
struct MaskTracing {
  TilePlan plan;
  double pixel_nm = 1.0;
  double tolerance_nm = 0.0;
  double dbu_nm = 1.0;
};

// Of the mask that is stored under `mask_key`.
std::string traced_key(const std::string& mask_key, const MaskTracing& how);
TracedMask traced(const TileMask& mask, const MaskTracing& how);

Bytes traced_bytes(const TracedMask& mask);
// Throws Error(bad_input) if the bytes are not a traced mask.
TracedMask traced_from_bytes(std::span<const std::byte> bytes);

}  // namespace reticle
