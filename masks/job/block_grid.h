// SPDX-License-Identifier: Apache-2.0
// Blocks: squares of tiles, at multiples of their side from tile (0, 0), whatever the window. Each
// is read, corrected and written on its own; equal tiles are still shared, through the store.
#pragma once

#include <cstdint>
#include <vector>

#include "litho/chip/tiling.h"

namespace reticle {

struct BlockIndex {
  std::int32_t y = 0;
  std::int32_t x = 0;
  auto operator<=>(const BlockIndex&) const = default;
};

class BlockGrid {
 public:
  // Of the tiles wanted, `side` tiles to a block.
  BlockGrid(TileRange wanted, int side);
  const TileRange& wanted() const { return wanted_; }
  std::size_t count() const { return blocks_.count(); }
  // In order: rows from below, each from the left.
  BlockIndex block(std::size_t number) const;
  BlockIndex block_of(TileIndex tile) const;
  TileRange tiles_of(BlockIndex block) const;    // wanted or not
  TileRange wanted_of(BlockIndex block) const { return tiles_of(block).intersection(wanted_); }

 private:
  TileRange wanted_, blocks_;
  int side_;
};

}  // namespace reticle
