// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/tile_evaluation.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "litho/assist/print_trim.h"
#include "litho/ilt/cleanup.h"
#include "litho/ilt/interpolate.h"
#include "litho/chip/seams.h"
#include "litho/geometry/rasterize.h"
#include "litho/metrology/print_metrics.h"

namespace reticle {

namespace {

PixelBox core_of(const TilePlan& plan, const Grid& field) {
  const int margin = static_cast<int>(std::lround(plan.halo_nm / field.pixel_nm));
  return {margin, field.rows - margin, margin, field.cols - margin};
}

Image<std::uint8_t> cut_out(const Image<std::uint8_t>& image, const PixelBox& core) {
  Image<std::uint8_t> out(core.y1 - core.y0, core.x1 - core.x0);
  for (int y = 0; y < out.rows(); ++y)
    std::copy_n(image.row(y + core.y0) + core.x0, out.cols(), out.row(y));
  return out;
}

// Puts the mask of a tile's core into the field of the tile (0, 0).
void place_core(const TilePlan& plan, TileIndex tile, const TileMask& mask, const Grid& grid,
                Image<std::uint8_t>& field) {
  const Box core = plan.core(tile);
  if (mask.pixels.empty()) {
    std::vector<Polygon> outlines = mask.outlines;
    for (Polygon& outline : outlines)
      for (Point& p : outline) p = {p.x + core.x0, p.y + core.y0};
    const Image<std::uint8_t> drawn = rasterize_binary(outlines, grid);
    for (std::size_t i = 0; i < field.size(); ++i) field.data()[i] |= drawn.data()[i];
    return;
  }
  const auto pixels = [&](double nm) { return static_cast<int>(std::lround(nm / grid.pixel_nm)); };
  const int x0 = pixels(core.x0 - grid.origin_x_nm), y0 = pixels(core.y0 - grid.origin_y_nm);
  const int first = std::max(0, -x0), last = std::min(mask.pixels.cols(), grid.cols - x0);
  for (int y = std::max(0, -y0); y < std::min(mask.pixels.rows(), grid.rows - y0); ++y)
    if (first < last)
      std::copy_n(mask.pixels.row(y) + first, last - first, field.row(y0 + y) + x0 + first);
}

struct PlacedMasks {
  Image<std::uint8_t> field;
  std::int64_t assists_trimmed = 0;  // of the tile's own
};

// The masks of the stage before that reach into the field.
PlacedMasks masks_in_field(const TilePlan& plan, const TileWork& tile, const Grid& grid) {
  PlacedMasks placed{Image<std::uint8_t>(grid.rows, grid.cols), 0};
  for (const TileIndex& other : plan.tiles_in(plan.field({0, 0}))) {
    const Bytes bytes = tile.before(other.x, other.y);
    if (bytes.empty()) continue;
    const TileMask mask = mask_from_bytes(bytes);
    place_core(plan, other, mask, grid, placed.field);
    if (other == TileIndex{0, 0}) placed.assists_trimmed = mask.assists_trimmed;
  }
  return placed;
}

// Area in which two prints differ.
double difference_nm2(const BitImage& a, const BitImage& b, const PixelBox& core, double pixel_nm) {
  return static_cast<double>(count_differing(a, b, core)) * pixel_nm * pixel_nm;
}

std::vector<EdgeSite> sites_in_core(const Design& design, const EdgePlacementSettings& edges) {
  std::vector<EdgeSite> sites = edge_sites(design.polygons, edges);
  const Box& core = design.window;
  std::erase_if(sites, [&](const EdgeSite& site) {
    const Point& p = site.position;
    return p.x < core.x0 || p.x >= core.x1 || p.y < core.y0 || p.y >= core.y1;
  });
  return sites;
}

}  // namespace

namespace {

// What masks as they come out print with.
OpticalModel unbiased(OpticalModel model) {
  model.mask.bias_nm = 0.0;
  return model;
}

// Of the margin, in which tiles' images of one place may differ: what prints at it for one is what others take for printing too.
constexpr double k_reserve = 0.1;

std::array<double, 2> trimmed_to(const IltSettings& settings, const OpticalModel& model) {
  const double dose = assist_dose(settings, model);
  return {1.0 + (1.0 + k_reserve) * (dose - 1.0), dose};
}

}  // namespace

TileAssists::TileAssists(const OpticalModel& model, const OpticalModel& simulated, const IltSettings& settings,
                         const TilePlan& plan)
    : model_(model),
      settings_(settings),
      plan_(plan),
      grid_(field_grid(plan, settings.mask_pixel_nm)),
      coarse_(field_grid(plan, settings.levels.back().coarseness * settings.mask_pixel_nm)),
      simulator_(simulated) {}

std::int64_t TileAssists::trim(const Design& drawn, BitImage& mask) {
  const BitImage fine(rasterize_binary(drawn.polygons, grid_));
  std::optional<MaskCleaning> cleaning;  // most masks need none
  return trim(drawn, fine, [&](BitImage& bits) {
    if (!cleaning) cleaning.emplace(grid_, settings_.mask_rules, fine);
    cleaning->clean(bits);
  }, mask);
}

std::int64_t TileAssists::trim(const Design& drawn, const MaskCleaning& cleaning, BitImage& mask) {
  return trim(drawn, *cleaning.drawn(), [&](BitImage& bits) { cleaning.clean(bits); }, mask);
}

std::int64_t TileAssists::trim(const Design& drawn, const BitImage& fine, const std::function<void(BitImage&)>& clean,
                               BitImage& mask) {
  const BitImage coarse(rasterize_binary(drawn.polygons, coarse_));
  // Prints further away are another tile's; images there know less of what is around.
  const Box core = plan_.core({0, 0});
  const double margin = 0.5 * plan_.halo_nm;
  const TrimField field{.grid = grid_, .drawn = fine, .coarse = coarse_, .coarse_drawn = coarse,
                        .looked_at = {core.x0 - margin, core.y0 - margin, core.x1 + margin, core.y1 + margin}};
  const Image<std::uint8_t> before = mask.unpacked();
  if (trim_printed(model_, simulator_, trimmed_to(settings_, model_), field, clean, mask).empty()) return 0;
  return count(drawn, before.view());  // at the dose itself
}

std::int64_t TileAssists::count(const Design& drawn, ImageView<const std::uint8_t> mask) {
  const BitImage coarse(rasterize_binary(drawn.polygons, coarse_)), fine(rasterize_binary(drawn.polygons, grid_));
  const TrimField field{.grid = grid_, .drawn = fine, .coarse = coarse_, .coarse_drawn = coarse, .looked_at = plan_.core({0, 0})};
  return static_cast<std::int64_t>(
      prints_apart(model_, simulator_, simulator_.mask_spectrum(mask), std::array{assist_dose(settings_, model_)}, field).size());
}

TileFinisher::TileFinisher(const OpticalModel& model, const IltSettings& settings, const TilePlan& plan)
    : model_(model), settings_(settings), plan_(plan) {
  if (settings.assist_dose_margin >= 0.0) assists_.emplace(model, unbiased(model), settings, plan);
}

TileMask TileFinisher::finish(const Design& drawn, const Image<float>& parameters) {
  const Grid grid = field_grid(plan_, settings_.mask_pixel_nm);
  BitImage bits = positive_where_resampled(parameters, grid.rows, grid.cols);
  const MaskCleaning cleaning(grid, settings_.mask_rules, BitImage(rasterize_binary(drawn.polygons, grid)));
  cleaning.clean(bits);
  TileMask mask;
  if (assists_) mask.assists_trimmed = assists_->trim(drawn, cleaning, bits);
  else draw_back(bits, grid, model_.mask.bias_nm);
  mask.pixels = cut_out(bits.unpacked(), core_of(plan_, grid));
  return mask;
}

TileMask TileFinisher::check(const TileWork& tile) {
  const Grid grid = field_grid(plan_, settings_.mask_pixel_nm);
  PlacedMasks placed = masks_in_field(plan_, tile, grid);
  BitImage bits(placed.field);
  assists_->trim(tile.drawn.front(), bits);
  draw_back(bits, grid, model_.mask.bias_nm);
  return {.pixels = cut_out(bits.unpacked(), core_of(plan_, grid)), .outlines = {}, .assists_trimmed = placed.assists_trimmed};
}

TileMeasurer::TileMeasurer(const OpticalModel& model, const IltSettings& settings,
                           const TilePlan& plan)
    : model_(model), settings_(settings), plan_(plan), images_(model, settings) {
  if (settings.assist_dose_margin >= 0.0) assists_.emplace(model, model, settings, plan);
}

TileMeasures TileMeasurer::measure(const TileWork& tile) {
  const PlacedMasks placed = masks_in_field(plan_, tile, field_grid(plan_, settings_.mask_pixel_nm));
  TileMeasures measures = measure(tile.drawn.front(), placed.field);
  if (measures.assists) measures.assists->before = placed.assists_trimmed;
  return measures;
}

TileMeasures TileMeasurer::measure(const Design& drawn, const Image<std::uint8_t>& mask) {
  const Grid grid = field_grid(plan_, settings_.mask_pixel_nm);
  const PixelBox core = core_of(plan_, grid);
  TileMeasures result;
  if (assists_) result.assists = {0, assists_->count(drawn, mask.view())};
  images_.set_mask(mask.view());
  if (!settings_.bands.empty()) {
    const ProcessBand& band = settings_.bands.front();
    // The outer corner after the inner one: it mostly shares the nominal's focus, and so its image.
    const BitImage inner = images_.print(corner_named(settings_, band.inner));
    const BitImage outer = images_.print(corner_named(settings_, band.outer));
    result.pv_band_nm2 = difference_nm2(outer, inner, core, grid.pixel_nm);
  }
  // The last, as its intensity is measured as well.
  const ProcessCorner& nominal_corner = corner_named(settings_, "nominal");
  const ImageView<const float> nominal = images_.at_focus_of(nominal_corner);
  const PrintLevel level = images_.level(nominal_corner);
  const BitImage target(rasterize_binary(drawn.polygons, grid));
  const BitImage printed = print_bits(nominal, level);
  result.l2_nm2 = difference_nm2(printed, target, core, grid.pixel_nm);
  result.features = printed_features(printed, target, core);
  const EdgePlacementSettings edges = edge_placement(settings_);
  result.sites = measure_edge_placement(nominal, grid, level, sites_in_core(drawn, edges), edges)
                     .sites;
  return result;
}

}  // namespace reticle
