// SPDX-License-Identifier: Apache-2.0
// What is drawn in the tiles of a job, by hash: each tile is read once in all, by whichever worker comes
// first to its block, and kept in the store.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "litho/chip/pipeline.h"
#include "masks/job/block_grid.h"
#include "masks/job/pack_store.h"

namespace reticle {

class BlockScan {
 public:
  // `identity` says what decides contents besides the place: file, layers, cell, tile plan. Only tiles of
  // `scanned` are ever asked for. All but identity outlive it.
  BlockScan(const TilePipeline& pipeline, const BlockGrid& grid, TileRange scanned, std::string identity,
            PackStore& store);

  // Of these tiles; reads blocks that nobody has read, waits for those that another worker is reading.
  // Interrupted: what is known.
  TileContents contents(std::span<const TileIndex> tiles, int threads, const ScanProgress& progress,
                        const std::function<bool()>& interrupted);
  std::size_t tiles_read() const { return tiles_read_; }  // by this object

 private:
  using Record = std::vector<PackKey>;  // [tile of the block that is scanned, in order]; nothing drawn: zeros
  const Record& record(BlockIndex block, int threads, const ScanProgress& progress,
                       const std::function<bool()>& interrupted);
  TileRange range_of(BlockIndex block) const { return grid_.tiles_of(block).intersection(scanned_); }

  const TilePipeline& pipeline_;
  const BlockGrid& grid_;
  TileRange scanned_;
  std::string identity_;
  PackStore& store_;
  std::map<BlockIndex, Record> recent_;  // a few
  std::size_t tiles_read_ = 0;
};

}  // namespace reticle
