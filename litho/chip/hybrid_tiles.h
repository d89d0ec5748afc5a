// SPDX-License-Identifier: Apache-2.0
// Edge-based correction of a layout tile by tile (edge_tiles.h), and pixels at the places that
// edges do not bring to print (litho/hybrid).
//
// A place is mended by the tile whose core holds it, with the finished masks of edges around it;
// the mask is then that of edges with all tiles' patches. Of two tiles' patches that overlap, the
// one whose box begins lower, then further left, is taken.
#pragma once

#include <string>

#include "litho/chip/edge_tiles.h"
#include "litho/hybrid/mend.h"

namespace reticle {

class HybridTiles final : public CorrectionMethod {
 public:
  // As EdgeTiles; `mend` as from resolved().
  HybridTiles(OpticalModel model, IltSettings window, EdgeSettings edges, EdgeChipSettings chip,
              MendSettings mend, const std::string& identity);

  const TilePlan& plan() const override { return edges_.plan(); }
  int stages() const override { return edges_.stages() + 2; }
  int mask_stage() const override { return mend_stage() + 1; }
  int measure_stage() const override { return mask_stage() + 1; }
  std::string stage_name(int stage) const override;
  std::string identity(int stage) const override;
  StageInputs inputs(int stage) const override;
  bool uses_engine(int stage) const override { return stage == mend_stage(); }
  double mask_pixel_nm() const override { return edges_.mask_pixel_nm(); }
  std::unique_ptr<TileWorker> make_worker(Engine& engine, HostThreads host) const override;

 private:
  class Worker;

  int mend_stage() const { return edges_.mask_stage() + 1; }

  OpticalModel model_;
  IltSettings window_;
  MendSettings mend_;
  EdgeTiles edges_;
  std::string identity_;
};

// What the mending stage keeps of a tile, relative to its core: the mask of edges in it, and the
// patches of its places.
struct MendedTile {
  std::vector<Polygon> edges;
  std::vector<MaskPatch> patches;
};
Bytes mended_bytes(const MendedTile& tile);
// Throws Error(bad_input) if the bytes are not such a tile.
MendedTile mended_from_bytes(std::span<const std::byte> bytes);

}  // namespace reticle
