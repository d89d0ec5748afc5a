// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/hybrid_tiles.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <sstream>

#include "kernels/base/error.h"
#include "litho/chip/ilt_tiles.h"
#include "litho/chip/stored_values.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/box.h"
#include "litho/geometry/polygon_area.h"

namespace reticle {

namespace {

void shift(std::vector<Polygon>& polygons, Point by) {
  for (Polygon& polygon : polygons)
    for (Point& p : polygon) p = {p.x + by.x, p.y + by.y};
}

Box shifted(const Box& box, Point by) {
  return {box.x0 + by.x, box.y0 + by.y, box.x1 + by.x, box.y1 + by.y};
}

void put_mask(const std::vector<Polygon>& outlines, ValueWriter& out) {
  const Bytes mask = mask_bytes({.pixels = {}, .outlines = outlines});
  out.put(std::uint64_t{mask.size()});
  out.put_bytes(mask);
}

std::vector<Polygon> get_mask(ValueReader& in) {
  return mask_from_bytes(in.get_bytes(in.get_count<std::uint64_t>(1))).outlines;
}

bool comes_before(const Box& a, const Box& b) {
  return std::pair(a.y0, a.x0) < std::pair(b.y0, b.x0);
}

}  // namespace

Bytes mended_bytes(const MendedTile& tile) {
  ValueWriter out;
  put_mask(tile.edges, out);
  for (const MaskPatch& patch : tile.patches) {
    for (const double side : {patch.box.x0, patch.box.y0, patch.box.x1, patch.box.y1}) out.put(side);
    put_mask(patch.outlines, out);
  }
  return out.take();
}

MendedTile mended_from_bytes(std::span<const std::byte> bytes) {
  ValueReader in(bytes, "the mended mask of edges");
  MendedTile tile;
  tile.edges = get_mask(in);
  while (in.left() > 0) {
    MaskPatch& patch = tile.patches.emplace_back();
    for (double* side : {&patch.box.x0, &patch.box.y0, &patch.box.x1, &patch.box.y1}) in.get(*side);
    patch.outlines = get_mask(in);
  }
  return tile;
}

class HybridTiles::Worker final : public TileWorker {
 public:
  Worker(const HybridTiles& tiles, Engine& engine)
      : tiles_(tiles), engine_(engine), edges_(tiles.edges_.make_worker(engine, 1)) {}

  std::vector<Bytes> run(int stage, std::span<const TileWork> tiles) override {
    if (stage < tiles_.mend_stage()) return edges_->run(stage, tiles);
    if (stage == tiles_.measure_stage()) return edges_->run(tiles_.edges_.measure_stage(), tiles);
    std::vector<Bytes> results;
    for (const TileWork& tile : tiles)
      results.push_back(stage == tiles_.mend_stage() ? mended(tile) : finished(tile));
    return results;
  }

 private:
  Bytes mended(const TileWork& tile) {
    const TilePlan& plan = tiles_.plan();
    const Box core = plan.core({0, 0}), field = plan.field({0, 0});
    std::vector<Polygon> mask, own;
    for (const TileIndex& other : plan.tiles_in(field)) {
      const Bytes bytes = tile.before(other.x, other.y);
      if (bytes.empty()) continue;
      std::vector<Polygon> outlines = mask_from_bytes(bytes).outlines;
      if (other == TileIndex{0, 0}) own = outlines;
      const Box place = plan.core(other);
      shift(outlines, {place.x0, place.y0});
      mask.insert(mask.end(), outlines.begin(), outlines.end());
    }
    MendedTile result{std::move(own), {}};
    if (mask.empty() || tile.drawn.front().polygons.empty()) return mended_bytes(result);
    mask = clip(mask, field);
    if (!mender_) mender_.emplace(engine_, tiles_.model_, tiles_.window_, tiles_.mend_);
    // Further out others' masks are seen too incompletely.
    const Box judged = grown(core, 0.5 * plan.halo_nm);
    result.patches =
        mender_->mend({.drawn = tile.drawn.front(), .mask = mask, .judged = judged, .owned = core});
    return mended_bytes(result);
  }

  static Bytes finished_bytes(std::vector<Polygon> outlines) {
    return mask_bytes({.pixels = {}, .outlines = std::move(outlines)});
  }

  Bytes finished(const TileWork& tile) const {
    const TilePlan& plan = tiles_.plan();
    const Box core = plan.core({0, 0});
    struct Placed {
      TileIndex of;
      MaskPatch patch;
    };
    std::vector<Placed> all;
    std::vector<Polygon> own;
    const int reach = tiles_.inputs(tiles_.mask_stage()).reach;
    for (int dy = -reach; dy <= reach; ++dy)
      for (int dx = -reach; dx <= reach; ++dx) {
        const Bytes bytes = tile.before(dx, dy);
        if (bytes.empty()) continue;
        MendedTile mended = mended_from_bytes(bytes);
        if (dx == 0 && dy == 0) own = std::move(mended.edges);
        const Box place = plan.core({dy, dx});
        for (MaskPatch& patch : mended.patches) {
          shift(patch.outlines, {place.x0, place.y0});
          all.push_back(
              {{dy, dx}, {shifted(patch.box, {place.x0, place.y0}), std::move(patch.outlines)}});
        }
      }
    std::vector<MaskPatch> taken;
    for (const Placed& one : all) {
      if (!overlap(one.patch.box, core)) continue;
      const bool gives_way = std::any_of(all.begin(), all.end(), [&](const Placed& other) {
        return other.of != one.of && overlap(one.patch.box, other.patch.box) &&
               comes_before(other.patch.box, one.patch.box);
      });
      if (gives_way) continue;
      const Box box = common(one.patch.box, core);
      taken.push_back({box, clip(one.patch.outlines, box)});
    }
    return finished_bytes(patched(std::move(own), taken));
  }

  const HybridTiles& tiles_;
  Engine& engine_;
  std::unique_ptr<TileWorker> edges_;
  std::optional<Mender> mender_;
};

HybridTiles::HybridTiles(OpticalModel model, IltSettings window, EdgeSettings edges,
                         EdgeChipSettings chip, MendSettings mend, const std::string& identity)
    : model_(model),
      window_(window),
      mend_(mend),
      edges_(std::move(model), std::move(window), std::move(edges), chip, identity) {
  std::ostringstream text;
  text.precision(17);
  text << "hybrid, results 1: reach " << mend_.reach_nm << " iterations " << mend_.iterations
       << "\nnamed by edge sites " << sites_text(window_) << ", off by "
       << window_.edge_tolerance_nm;
  identity_ = text.str();
}

std::string HybridTiles::stage_name(int stage) const {
  if (stage == edges_.mask_stage()) return "finish edges";
  if (stage < mend_stage()) return edges_.stage_name(stage);
  if (stage == mend_stage()) return "mend";
  return stage == mask_stage() ? "finish" : "measure";
}

std::string HybridTiles::identity(int stage) const {
  if (stage < mend_stage()) return edges_.identity(stage);
  return (stage == measure_stage() ? edges_.identity(edges_.measure_stage()) : edges_.identity(0)) +
         "\n" + identity_;
}

StageInputs HybridTiles::inputs(int stage) const {
  if (stage < mend_stage()) return edges_.inputs(stage);
  // Patches reach that far beyond a core, and give way to those that overlap them.
  const double reach =
      stage == mask_stage() ? std::max(plan().halo_nm, 4.0 * mend_.reach_nm) : plan().halo_nm;
  return {plan().tiles_within(reach), true};
}

std::unique_ptr<TileWorker> HybridTiles::make_worker(Engine& engine, HostThreads) const {
  return std::make_unique<Worker>(*this, engine);
}

}  // namespace reticle
