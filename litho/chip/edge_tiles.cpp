// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/edge_tiles.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "litho/chip/edge_moves.h"
#include "litho/chip/ilt_tiles.h"
#include "litho/chip/interaction_range.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/box.h"
#include "litho/geometry/polygon_area.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/mask_spectrum.h"
#include "litho/imaging/simulator.h"
#include "litho/metrology/edge_placement.h"
#include "litho/metrology/print_metrics.h"
#include "litho/opc/outline.h"
#include "litho/opc/outline_spectrum.h"
#include "litho/verification/corner_images.h"

namespace reticle {

namespace {

// Of the descent's schedule: a refinement goes on from where its neighbours ended.
constexpr double k_refined_from = 0.75;

// The largest of 8, 4, 2, 1 mask pixels that is small against the resolution and divides the period, and a halo that is
// given, so that the core is what was asked for.
double pixel_for_measuring(const OpticalModel& model, const IltSettings& window, std::optional<double> halo_nm) {
  for (const int coarseness : {8, 4, 2}) {
    const double pixel = coarseness * window.mask_pixel_nm;
    const auto divides = [&](double period) { return std::abs(period / pixel - std::round(period / pixel)) < 1e-6; };
    if (pixel <= shortest_wave_nm(model) / 24.0 && divides(model.period_x_nm) && divides(model.period_y_nm) && divides(halo_nm.value_or(0.0)))
      return pixel;
  }
  return window.mask_pixel_nm;
}

TilePlan plan_with(const OpticalModel& model, IltSettings window, double pixel_nm, const EdgeChipSettings& chip) {
  window.mask_pixel_nm = pixel_nm;
  window.levels = {{.coarseness = 1}};
  if (chip.halo_nm) return plan_tiles(model, window, chip.halo_nm, chip.halo_source);
  const double range = interaction_range(model, k_energy_beyond_edges);
  return plan_tiles(model, window, range, "for " + std::to_string(std::lround(range)) + " nm of interaction");
}

FragmentAnchor anchor_of(const TilePlan& plan, const OpcSettings& settings) {
  const auto pitch = [&](double core) { return core / std::ceil(core / settings.run_nm - 1e-9); };
  return {.pitch_x_nm = pitch(plan.core_x_nm),
          .pitch_y_nm = pitch(plan.core_y_nm),
          .reach_nm = std::max(settings.corner_nm + settings.run_nm, 0.5 * (plan.halo_nm - settings.run_nm))};
}

std::string settings_text(const EdgeChipSettings& chip, const TilePlan& plan) {
  std::ostringstream text;
  text.precision(17);
  text << "halo " << plan.halo_nm << " refinements " << chip.refinements << " iterations "
       << chip.refinement_iterations;
  return text.str();
}

std::vector<Polygon> counterclockwise(std::vector<Polygon> polygons) {
  for (Polygon& polygon : polygons)
    if (signed_area(polygon) < 0.0) std::reverse(polygon.begin(), polygon.end());
  return polygons;
}

}  // namespace

class EdgeTiles::Worker final : public TileWorker {
 public:
  explicit Worker(const EdgeTiles& tiles) : tiles_(tiles), field_(tiles.plan_.field({0, 0})), core_(tiles.plan_.core({0, 0})) {}

  std::vector<Bytes> run(int stage, std::span<const TileWork> tiles) override {
    std::vector<Bytes> results;
    for (const TileWork& tile : tiles) {
      if (stage == 0) results.push_back(corrected(tile));
      else if (stage < tiles_.mask_stage()) results.push_back(refined(tile));
      else if (stage == tiles_.mask_stage()) results.push_back(finished(tile));
      else results.push_back(measured(tile));
    }
    return results;
  }

 private:
  FragmentedDesign fragmented(const std::vector<Polygon>& rings) const {
    return fragment(rings, field_, tiles_.edges_.opc, tiles_.anchor_);
  }

  Bytes corrected(const TileWork& tile) {
    const std::vector<Polygon> rings = outlines(tile.drawn.front().polygons);
    std::vector<Polygon> bars = rule_assists(rings, tiles_.edges_.assists, tiles_.edges_.opc.mask_grid_nm);
    std::erase_if(bars, [&](const Polygon& bar) {
      return bar[0].x < field_.x0 || bar[0].y < field_.y0 || bar[2].x > field_.x1 || bar[2].y > field_.y1;
    });
    FragmentedDesign design = fragmented(rings);
    if (bars_in(core_, bars).empty() && !has_own(design)) return moves_bytes({});
    std::vector<bool> free = near_core(design);
    if (!corrector_) corrector_ = std::make_unique<EdgeCorrector>(tiles_.model_, tiles_.window_, tiles_.edges_.opc);
    const EdgeCorrection result = correct_with_assists(
        *corrector_, tiles_.model_, tiles_.edges_,
        {.design = std::move(design), .start = {}, .free = std::move(free), .assists = std::move(bars)}, field_);
    return moves_bytes(moves_in(core_, result.design, result.displacements, bars_of(result)));
  }

  // Whether there is an edge whose displacement is this tile's to find.
  bool has_own(const FragmentedDesign& design) const {
    return std::any_of(design.fragments.begin(), design.fragments.end(),
                       [&](const Fragment& f) { return holds(core_, f.middle()); });
  }

  // Fragments that a tile moves: what lies further out is seen too incompletely, and others move it.
  std::vector<bool> near_core(const FragmentedDesign& design) const {
    const Box box = grown(core_, 0.5 * tiles_.plan_.halo_nm);
    std::vector<bool> near;
    for (const Fragment& f : design.fragments) near.push_back(holds(box, f.middle()));
    return near;
  }

  static std::vector<Polygon> bars_of(const EdgeCorrection& result) {
    return {result.rings.begin() + static_cast<std::ptrdiff_t>(result.design.rings.size()), result.rings.end()};
  }

  // Of all tiles that reach into the field.
  EdgeMoves gathered(const TileWork& tile) const {
    EdgeMoves all;
    for (const TileIndex& other : tiles_.plan_.tiles_in(field_)) {
      const Bytes bytes = tile.before(other.x, other.y);
      if (bytes.empty()) continue;
      const Box core = tiles_.plan_.core(other);
      EdgeMoves moves = shifted(moves_from_bytes(bytes), {core.x0, core.y0});
      all.fragments.insert(all.fragments.end(), moves.fragments.begin(), moves.fragments.end());
      all.displacements.insert(all.displacements.end(), moves.displacements.begin(), moves.displacements.end());
      const std::vector<Polygon> bars = bars_in(field_, moves.bars);
      all.bars.insert(all.bars.end(), bars.begin(), bars.end());
    }
    return all;
  }

  Bytes refined(const TileWork& tile) {
    FragmentedDesign design = fragmented(outlines(tile.drawn.front().polygons));
    const EdgeMoves moves = gathered(tile);
    if (!has_own(design)) return moves_bytes(moves_in(core_, design, std::vector<double>(design.fragments.size()), moves.bars));
    const std::vector<double> start = displacements_from(moves, design, std::vector<double>(design.fragments.size()));
    const std::vector<bool> free = near_core(design);
    if (!refiner_) refiner_ = std::make_unique<EdgeCorrector>(tiles_.model_, tiles_.window_, tiles_.refinement_.opc);
    const bool descends = tiles_.edges_.opc.descent.iterations > 0;
    const EdgeCorrection result = refiner_->correct(
        {.design = std::move(design), .start = start, .free = free, .assists = moves.bars, .refines = true, .solves = !descends,
         .descent_from = k_refined_from},
        field_);
    return moves_bytes(moves_in(core_, result.design, result.displacements, moves.bars));
  }

  Bytes finished(const TileWork& tile) const {
    const FragmentedDesign design = fragmented(outlines(tile.drawn.front().polygons));
    const EdgeMoves moves = gathered(tile);
    const std::vector<double> none(design.fragments.size());
    std::vector<Polygon> rings = moved_rings(design, displacements_from(moves, design, none));
    rings.insert(rings.end(), moves.bars.begin(), moves.bars.end());
    return mask_bytes({.pixels = {}, .outlines = counterclockwise(clip(fill(rings), core_))});
  }

  Bytes measured(const TileWork& tile) {
    if (!simulator_) simulator_.emplace(tiles_.model_);
    std::vector<Polygon> mask;
    for (const TileIndex& other : tiles_.plan_.tiles_in(field_)) {
      const Bytes bytes = tile.before(other.x, other.y);
      if (bytes.empty()) continue;
      const Box core = tiles_.plan_.core(other);
      std::vector<Polygon> polygons = mask_from_bytes(bytes).outlines;
      for (Polygon& polygon : polygons)
        for (Point& p : polygon) p = {p.x + core.x0, p.y + core.y0};
      // What lies beyond the field would come in again from its other side.
      if (other != TileIndex{0, 0}) polygons = counterclockwise(clip(polygons, field_));
      mask.insert(mask.end(), polygons.begin(), polygons.end());
    }
    return measures_bytes(measure(tile.drawn.front(), mask));
  }

  TileMeasures measure(const Design& drawn, const std::vector<Polygon>& mask) {
    const IltSettings& window = tiles_.window_;
    const double pixel = tiles_.measured_pixel_nm_;
    const Grid grid = pixel_grid(field_, pixel);
    const int margin = static_cast<int>(std::lround(tiles_.plan_.halo_nm / pixel));
    const PixelBox core{margin, grid.rows - margin, margin, grid.cols - margin};
    Spectrum<float> spectrum = outline_spectrum<float>(mask, field_, simulator_->half_x(), simulator_->half_y());
    apply_transmission(tiles_.model_.mask, field_.width(), field_.height(), spectrum);
    Image<float> image(grid.rows, grid.cols);
    const SocsKernels* focus = nullptr;
    const auto image_at = [&](const ProcessCorner& corner) {
      const SocsKernels* wanted = &tiles_.model_.condition(corner.condition);
      if (wanted == focus) return;
      focus = wanted;
      Spectrum<float> intensity =
          simulator_->intensity_spectrum(spectrum, static_cast<int>(wanted - tiles_.model_.conditions.data()));
      expose(intensity, tiles_.model_.period_x_nm, tiles_.model_.period_y_nm, tiles_.model_.resist);
      simulator_->image(intensity, image.view());
    };
    const auto level = [&](const ProcessCorner& corner) { return tiles_.model_.resist.level().at_dose(corner.dose); };
    const auto print = [&](const ProcessCorner& corner) {
      image_at(corner);
      return print_bits(image.view(), level(corner));
    };
    TileMeasures result;
    if (!window.bands.empty()) {
      const ProcessBand& band = window.bands.front();
      // The outer corner after the inner one: it mostly shares the nominal's focus, and so its image.
      const BitImage inner = print(corner_named(window, band.inner));
      const BitImage outer = print(corner_named(window, band.outer));
      result.pv_band_nm2 = static_cast<double>(count_differing(outer, inner, core)) * pixel * pixel;
    }
    const ProcessCorner& nominal = corner_named(window, "nominal");
    const BitImage printed = print(nominal);
    const BitImage target(rasterize_binary(drawn.polygons, grid));
    result.l2_nm2 = static_cast<double>(count_differing(printed, target, core)) * pixel * pixel;
    result.features = printed_features(printed, target, core);
    const EdgePlacementSettings edges = edge_placement(window);
    std::vector<EdgeSite> sites = edge_sites(drawn.polygons, edges);
    std::erase_if(sites, [&](const EdgeSite& site) {
      const Point& p = site.position;
      return p.x < core_.x0 || p.x >= core_.x1 || p.y < core_.y0 || p.y >= core_.y1;
    });
    result.sites = measure_edge_placement(image.view(), grid, level(nominal), sites, edges).sites;
    return result;
  }

  const EdgeTiles& tiles_;
  Box field_, core_;
  std::unique_ptr<EdgeCorrector> corrector_, refiner_;
  std::optional<Simulator<float>> simulator_;
};

EdgeTiles::EdgeTiles(OpticalModel model, IltSettings window, EdgeSettings edges, EdgeChipSettings chip,
                     std::string identity)
    : model_(std::move(model)),
      window_(std::move(window)),
      edges_(std::move(edges)),
      refinement_(edges_),
      chip_(chip),
      measured_pixel_nm_(pixel_for_measuring(model_, window_, chip.halo_nm)),
      plan_(plan_with(model_, window_, measured_pixel_nm_, chip)),
      anchor_(anchor_of(plan_, edges_.opc)) {
  refinement_.opc.iterations = chip_.refinement_iterations;
  // What bridges or breaks is seen once the surroundings are corrected too.
  if (chip_.refinements > 0) edges_.opc.fault_rounds = 0;
  identity_ = "edges, results 4: " + settings_text(chip_, plan_) + "\n" + std::move(identity);
}

std::string EdgeTiles::stage_name(int stage) const {
  if (stage == 0) return "correct";
  if (stage == mask_stage()) return "finish";
  if (stage == measure_stage()) return "measure";
  return "refine " + std::to_string(stage);
}

std::string EdgeTiles::identity(int stage) const {
  if (stage != measure_stage()) return identity_;
  std::ostringstream text;
  text.precision(17);
  text << identity_ << "\nmeasures 2, edge sites " << sites_text(window_);
  return text.str();
}

StageInputs EdgeTiles::inputs(int stage) const {
  return {plan_.tiles_within(plan_.halo_nm), stage >= mask_stage()};
}

std::unique_ptr<TileWorker> EdgeTiles::make_worker(Engine&, HostThreads) const { return std::make_unique<Worker>(*this); }

}  // namespace reticle
