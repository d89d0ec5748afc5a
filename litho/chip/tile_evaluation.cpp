#include "litho/chip/tile_evaluation.h"

#include <algorithm>
#include <cmath>

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

TileFinisher::TileFinisher(const OpticalModel& model, const IltSettings& settings,
                           const TilePlan& plan)
    : model_(model), settings_(settings), plan_(plan), images_(model) {}

TileResult TileFinisher::finish(const Design& design, const Image<float>& parameters) {
  const Grid grid = field_grid(plan_, settings_.mask_pixel_nm);
  const PixelBox core = core_of(plan_, grid);
  BitImage bits = positive_where_resampled(parameters, grid.rows, grid.cols);
  clean_mask(bits, grid, settings_.mask_rules);
  const Image<std::uint8_t> mask = bits.unpacked();
  TileResult result{.mask = cut_out(mask, core)};
  images_.set_mask(mask.view());
  if (!settings_.bands.empty()) {
    const ProcessBand& band = settings_.bands.front();
    // The outer corner after the inner one: it mostly shares the nominal's focus, and so its image.
    const BitImage inner = images_.print(corner_named(settings_, band.inner));
    const BitImage outer = images_.print(corner_named(settings_, band.outer));
    result.band_nm2 = difference_nm2(outer, inner, core, grid.pixel_nm);
  }
  // The last, as its intensity is measured as well.
  const ProcessCorner& nominal_corner = corner_named(settings_, "nominal");
  const ImageView<const float> nominal = images_.at_focus_of(nominal_corner);
  const double threshold = images_.threshold(nominal_corner);
  const BitImage target(rasterize_binary(design.polygons, grid));
  result.l2_nm2 = difference_nm2(print_bits(nominal, threshold), target, core, grid.pixel_nm);
  EdgePlacementSettings edges;
  edges.spacing_nm = settings_.edge_site_spacing_nm;
  edges.tolerance_nm = settings_.edge_tolerance_nm;
  result.sites = measure_edge_placement(nominal, grid, threshold,
                                        sites_in_core(design, edges), edges)
                     .sites;
  return result;
}

TileResult finish_tile(const OpticalModel& model, const IltSettings& settings, const TilePlan& plan,
                       const Design& design, const Image<float>& parameters) {
  return TileFinisher(model, settings, plan).finish(design, parameters);
}

}  // namespace reticle
