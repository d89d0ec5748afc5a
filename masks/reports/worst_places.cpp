// SPDX-License-Identifier: Apache-2.0
#include "masks/reports/worst_places.h"

#include <algorithm>
#include <cmath>

#include "litho/verification/evaluation.h"
#include "litho/chip/seams.h"
#include "litho/geometry/rasterize.h"
#include "masks/pictures/png.h"
#include "masks/pictures/preview.h"

namespace reticle {
namespace {

constexpr std::size_t k_pictures = 6;
constexpr double k_margin_nm = 100.0;  // shown around a core

Image<std::uint8_t> middle_of(const Image<std::uint8_t>& image, int margin) {
  Image<std::uint8_t> part(image.rows() - 2 * margin, image.cols() - 2 * margin);
  for (int y = 0; y < part.rows(); ++y)
    std::copy_n(image.row(y + margin) + margin, part.cols(), part.row(y));
  return part;
}

// The mask over a tile's field, put together from the cores that overlap it.
Image<std::uint8_t> mask_around(const TilePlan& plan, TileIndex tile, const Grid& grid,
                                const Design& design, const FinishedCore& finished_core) {
  Image<std::uint8_t> mask = rasterize_binary(design.polygons, grid);
  const Box here = plan.core(tile);
  const auto pixels = [&](double nm) { return static_cast<int>(std::lround(nm / grid.pixel_nm)); };
  for (const TileIndex& other : plan.tiles_in(plan.field(tile))) {
    const Image<std::uint8_t> core = finished_core(other);
    const Box there = plan.core(other);
    const int x0 = pixels(there.x0 - here.x0 - grid.origin_x_nm);
    const int y0 = pixels(there.y0 - here.y0 - grid.origin_y_nm);
    for (int y = std::max(0, -y0); y < core.rows() && y0 + y < grid.rows; ++y)
      for (int x = std::max(0, -x0); x < core.cols() && x0 + x < grid.cols; ++x)
        mask(y0 + y, x0 + x) = core(y, x);
  }
  return mask;
}

}  // namespace

std::vector<WorstPlace> draw_worst_places(const OpticalModel& model, const IltSettings& settings,
                                          const TilePlan& plan, const GeometrySource& geometry,
                                          std::span<const TileIndex> ranked,
                                          const FinishedCore& finished_core) {
  const Grid grid = field_grid(plan, settings.mask_pixel_nm);
  const int hidden = static_cast<int>(std::max(0.0, plan.halo_nm - k_margin_nm) / grid.pixel_nm);
  std::vector<WorstPlace> places;
  for (const TileIndex& tile : ranked.first(std::min(k_pictures, ranked.size()))) {
    const Design design = tile_design(geometry, plan, tile);
    const Image<std::uint8_t> mask = mask_around(plan, tile, grid, design, finished_core);
    const MaskEvaluation seen = evaluate(model, settings, mask.view(), grid, design);
    const Image<std::uint8_t> target = middle_of(seen.target, hidden),
                              shown = middle_of(seen.mask, hidden),
                              printed = middle_of(seen.nominal(), hidden),
                              band = middle_of(seen.band(), hidden);
    places.push_back({tile, png_bytes(as_pixels(draw_preview({.target = target.view(),
                                                    .mask = shown.view(),
                                                    .printed = printed.view(),
                                                    .variation_band = band.view(),
                                                    .pixel_nm = grid.pixel_nm})))});
  }
  return places;
}

}  // namespace reticle
