// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/ilt_tiles.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "kernels/base/error.h"
#include "litho/chip/seams.h"
#include "litho/chip/tile_evaluation.h"
#include "litho/ilt/ilt.h"

namespace reticle {

namespace {

IltSettings of_tiles(IltSettings settings) {
  for (IltLevel& level : settings.levels)
    if (level.tile_iterations >= 0) level.iterations = level.tile_iterations;
  return settings;
}

IltSettings refinement_settings(IltSettings settings, const ChipSettings& chip) {
  IltLevel level = settings.levels.back();
  level.iterations = chip.refinement_iterations;
  level.rate = chip.refinement_rate;
  level.mask_slope.first = level.mask_slope.last;
  level.resist_slope.first = level.resist_slope.last;
  settings.levels = {level};
  settings.free_margin_nm = chip.free_margin_nm;
  return settings;
}

std::string settings_text(const ChipSettings& chip, const TilePlan& plan) {
  std::ostringstream text;
  text.precision(17);
  text << "halo " << plan.halo_nm << " blend " << chip.blend_nm << " margin " << chip.free_margin_nm
       << " refinements " << chip.refinements << " iterations " << chip.refinement_iterations
       << " rate " << chip.refinement_rate;
  return text.str();
}

void require_fit(const ChipSettings& chip, const TilePlan& plan) {
  const double most = std::min({plan.halo_nm, plan.core_x_nm / 2, plan.core_y_nm / 2});
  if (chip.blend_nm >= 0 && chip.blend_nm <= chip.free_margin_nm && chip.blend_nm <= most &&
      chip.free_margin_nm <= plan.halo_nm && chip.refinements >= 0)
    return;
  std::ostringstream message;
  message << "a blend of " << chip.blend_nm << " nm and a free margin of " << chip.free_margin_nm
          << " nm do not fit tiles with a core of " << plan.core_x_nm << " x " << plan.core_y_nm
          << " nm and a halo of " << plan.halo_nm << " nm; the blend must not be larger than the "
          << "margin or half the core, the margin not larger than the halo (--blend-nm, --halo-nm; the margin is twice the blend)";
  throw Error(ErrorCode::bad_input, message.str());
}

}  // namespace

class IltTiles::Worker final : public TileWorker {
 public:
  Worker(const IltTiles& tiles, Engine& engine, HostThreads host) : tiles_(tiles), engine_(engine), host_(host) {}

  std::vector<Bytes> run(int stage, std::span<const TileWork> tiles) override {
    if (stage < tiles_.finish_stage()) return optimized(stage, tiles);
    std::vector<Bytes> results;
    for (const TileWork& tile : tiles)
      results.push_back(stage == tiles_.measure_stage() ? measured(tile)
                        : stage == tiles_.finish_stage() ? finished(tile) : checked(tile));
    return results;
  }

 private:
  std::vector<Bytes> optimized(int stage, std::span<const TileWork> tiles) {
    std::vector<ClipStart> clips(tiles.size());
    host_.each(tiles.size(), [&](std::size_t i, int) {
      clips[i] = {tiles[i].drawn.front(), stage > 0 ? blended(tiles[i]) : Image<float>()};
    });
    const IltSettings& settings = stage == 0 ? tiles_.settings_ : tiles_.refinement_;
    const std::vector<GreyMask> greys = optimize(engine_, tiles_.model_, settings, clips, {}, host_);
    std::vector<Bytes> results(tiles.size());
    host_.each(tiles.size(), [&](std::size_t i, int) {
      results[i] = patch_bytes(patch_of(tiles_.plan_, tiles_.chip_.blend_nm, greys[i].parameters, tiles_.pixel_nm_));
    });
    return results;
  }

  Image<float> blended(const TileWork& tile) const {
    const Grid grid = patch_grid(tiles_.plan_, tiles_.chip_.blend_nm, tiles_.pixel_nm_);
    return blended_field(tiles_.plan_, tiles_.chip_.blend_nm, tiles_.pixel_nm_, tiles_.background_,
                         {0, 0}, [&](TileIndex neighbour) -> Image<float> {
                           const Bytes bytes = tile.before(neighbour.x, neighbour.y);
                           if (bytes.empty()) return {};
                           return patch_from_bytes(bytes, grid.rows, grid.cols);
                         });
  }

  TileFinisher& finisher() {
    if (!finisher_) finisher_.emplace(tiles_.model_, tiles_.settings_, tiles_.local_);
    return *finisher_;
  }

  Bytes finished(const TileWork& tile) { return mask_bytes(finisher().finish(tile.drawn.front(), blended(tile))); }

  Bytes checked(const TileWork& tile) { return mask_bytes(finisher().check(tile)); }

  Bytes measured(const TileWork& tile) {
    if (!measurer_) measurer_.emplace(tiles_.model_, tiles_.settings_, tiles_.local_);
    return measures_bytes(measurer_->measure(tile));
  }

  const IltTiles& tiles_;
  Engine& engine_;
  HostThreads host_;
  std::optional<TileFinisher> finisher_;
  std::optional<TileMeasurer> measurer_;
};

ChipSettings resolved(ChipSettings chip, const OpticalModel& model) {
  if (chip.blend_nm < 0.0) chip.blend_nm = tidy(scale_of(model).nm(0.2577));
  if (chip.free_margin_nm < 0.0) chip.free_margin_nm = 2.0 * chip.blend_nm;
  return chip;
}

IltTiles::IltTiles(const OpticalModel& model, IltSettings settings, ChipSettings chip,
                   std::string identity)
    : model_(model),
      settings_(of_tiles(std::move(settings))),
      refinement_(refinement_settings(settings_, resolved(chip, model))),
      chip_(resolved(chip, model)),
      plan_(plan_tiles(model, settings_, chip.halo_nm, chip.halo_source)),
      local_(plan_.local()),
      pixel_nm_(settings_.mask_pixel_nm * settings_.levels.back().coarseness),
      background_(static_cast<float>(-0.5 * settings_.start_contrast)) {
  plan_.origin = chip_.origin;
  settings_.free_margin_nm = -1.0;
  const auto whole = [&](double nm) { return std::ceil(nm / pixel_nm_ - 1e-6) * pixel_nm_; };
  chip_.blend_nm = whole(chip_.blend_nm);
  chip_.free_margin_nm = whole(chip_.free_margin_nm);
  require_fit(chip_, plan_);
  identity_ = "ilt, results 4: " + settings_text(chip_, plan_) + "\n" + std::move(identity);
}

std::string IltTiles::stage_name(int stage) const {
  if (stage == 0) return "optimise";
  if (stage == finish_stage()) return "finish";
  if (stage == mask_stage()) return "check assists";
  if (stage == measure_stage()) return "measure";
  return "refine " + std::to_string(stage);
}

std::string IltTiles::identity(int stage) const {
  if (stage != measure_stage()) return identity_;
  std::ostringstream text;
  text.precision(17);
  text << identity_ << "\nmeasures 2, edge sites " << sites_text(settings_);
  return text.str();
}

StageInputs IltTiles::inputs(int stage) const {
  if (stage > finish_stage()) return {plan_.tiles_within(plan_.halo_nm), true};
  return {plan_.tiles_within(plan_.halo_nm + chip_.blend_nm), stage == finish_stage()};
}

int IltTiles::batch_size(const Engine& engine, int wanted) const {
  return reticle::batch_size(engine, model_, settings_, wanted);
}

std::string sites_text(const IltSettings& settings) {
  std::ostringstream text;
  text.precision(17);
  text << "every " << settings.edge_site_spacing_nm << " nm, one up to " << settings.edge_short_nm << " nm, looked for within "
       << settings.edge_search_nm << " nm";
  return text.str();
}

std::unique_ptr<TileWorker> IltTiles::make_worker(Engine& engine, HostThreads host) const {
  return std::make_unique<Worker>(*this, engine, host);
}

IltSettings without_measuring(IltSettings settings) {
  const IltSettings defaults;
  settings.edge_site_spacing_nm = defaults.edge_site_spacing_nm;
  settings.edge_short_nm = defaults.edge_short_nm;
  settings.edge_search_nm = defaults.edge_search_nm;
  if (!weighs_misplaced_edges(settings)) settings.edge_tolerance_nm = defaults.edge_tolerance_nm;
  return settings;
}

}  // namespace reticle
