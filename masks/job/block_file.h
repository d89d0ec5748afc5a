// SPDX-License-Identifier: Apache-2.0
// The results of one block on disk: masks, their outlines, and what they print. Schema "reticle-job-block"
// in masks/SCHEMA.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "litho/chip/tile_result.h"
#include "masks/job/block_grid.h"
#include "masks/job/job_summary.h"
#include "masks/job/tile_pack.h"
#include "masks/layout/cell_library.h"

namespace reticle {

// Of one mask, relative to the core, database units.
using MaskOutlines = std::vector<std::vector<layout::DbPoint>>;

struct BlockResults {
  std::string key;                      // hash of all that the file depends on
  std::vector<TileIndex> tiles;         // in order
  std::vector<std::int32_t> masks;      // [tile] place in what follows, -1 where nothing is drawn
  std::vector<PackKey> mask_keys;       // [mask]
  std::vector<MaskOutlines> outlines;   // [mask]
  std::vector<TileRow> rows;            // of tiles with something drawn in or near them
  JobSummary summary;                   // of the rows
  int pixel_rows = 0, pixel_cols = 0;   // of each mask's pixels; 0: outlines only
};

// "blocks/2_-1.h5" of the block (x, y) = (2, -1), within the job's folder.
std::filesystem::path block_file_name(BlockIndex block);

// pixels(mask) gives the pixels of one mask after another. Whole or not at all.
void write_block(const std::filesystem::path& path, const BlockResults& results,
                 const std::function<Image<std::uint8_t>(std::size_t mask)>& pixels);
// Throws Error(bad_input) or Error(io), naming the file.
BlockResults read_block(const std::filesystem::path& path);
// Empty where there is no such file, or none that can be read.
std::string key_of_block(const std::filesystem::path& path);

}  // namespace reticle
