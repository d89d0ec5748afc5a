// SPDX-License-Identifier: Apache-2.0
#include "masks/job/block_grid.h"

namespace reticle {

namespace {

// Rounded down, also below 0.
std::int32_t part_of(std::int32_t tile, int side) {
  return tile >= 0 ? tile / side : -((-(tile + 1)) / side) - 1;
}

}  // namespace

BlockGrid::BlockGrid(TileRange wanted, int side) : wanted_(wanted), side_(side) {
  if (wanted.empty()) return;
  const BlockIndex first = block_of({wanted.y0, wanted.x0}), last = block_of({wanted.y1 - 1, wanted.x1 - 1});
  blocks_ = {first.x, first.y, last.x + 1, last.y + 1};
}

BlockIndex BlockGrid::block(std::size_t number) const {
  const auto across = static_cast<std::size_t>(blocks_.x1 - blocks_.x0);
  return {blocks_.y0 + static_cast<std::int32_t>(number / across),
          blocks_.x0 + static_cast<std::int32_t>(number % across)};
}

BlockIndex BlockGrid::block_of(TileIndex tile) const {
  return {part_of(tile.y, side_), part_of(tile.x, side_)};
}

TileRange BlockGrid::tiles_of(BlockIndex block) const {
  return {block.x * side_, block.y * side_, (block.x + 1) * side_, (block.y + 1) * side_};
}

}  // namespace reticle
