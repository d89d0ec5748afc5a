#include "litho/correction/tile_evaluation.h"

#include <algorithm>
#include <cmath>

#include "litho/correction/cleanup.h"
#include "litho/correction/interpolate.h"
#include "litho/correction/seams.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/simulator.h"

namespace reticle {

namespace {

const ProcessCorner& corner_named(const IltSettings& settings, const std::string& name) {
  const auto found = std::find_if(settings.corners.begin(), settings.corners.end(),
                                  [&](const ProcessCorner& corner) { return corner.name == name; });
  return found == settings.corners.end() ? settings.corners.front() : *found;
}

class Core {
 public:
  Core(const TilePlan& plan, const Grid& field)
      : field_(field),
        margin_(static_cast<int>(std::lround(plan.halo_nm / field.pixel_nm))) {}

  template <class T>
  Image<T> of(const Image<T>& image) const {
    Image<T> core(field_.rows - 2 * margin_, field_.cols - 2 * margin_);
    for (int y = 0; y < core.rows(); ++y)
      std::copy_n(image.row(y + margin_) + margin_, core.cols(), core.row(y));
    return core;
  }

  // Area in which two conditions on the pixels differ.
  template <class First, class Second>
  double difference_nm2(const First& first, const Second& second) const {
    std::int64_t count = 0;
    for (int y = margin_; y < field_.rows - margin_; ++y)
      for (int x = margin_; x < field_.cols - margin_; ++x) count += first(y, x) != second(y, x);
    return static_cast<double>(count) * field_.pixel_nm * field_.pixel_nm;
  }

 private:
  Grid field_;
  int margin_;
};

Image<std::uint8_t> cut(const Image<float>& parameters, const Grid& grid,
                        const IltSettings& settings) {
  const Image<float> fine = resample(parameters, grid.rows, grid.cols);
  Image<std::uint8_t> mask(grid.rows, grid.cols);
  std::transform(fine.begin(), fine.end(), mask.begin(),
                 [](float p) { return static_cast<std::uint8_t>(p > 0.0f); });
  clean_mask(mask, grid,
             {.minimum_area_nm2 = settings.minimum_area_nm2,
              .minimum_width_nm = settings.minimum_width_nm,
              .minimum_space_nm = settings.minimum_space_nm});
  return mask;
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

TileResult finish_tile(const OpticalModel& model, const IltSettings& settings, const TilePlan& plan,
                       const Design& design, const Image<float>& parameters) {
  const Grid grid = field_grid(plan, settings.mask_pixel_nm);
  const Core core(plan, grid);
  const Image<std::uint8_t> mask = cut(parameters, grid, settings);

  Simulator<float> simulator(model);
  Image<float> pixels(grid.rows, grid.cols);
  std::copy(mask.begin(), mask.end(), pixels.begin());
  const Spectrum<float> spectrum = simulator.mask_spectrum(pixels.view());
  const auto image_at = [&](const ProcessCorner& corner) {
    const auto condition = &model.condition(corner.condition) - model.conditions.data();
    Spectrum<float> intensity = simulator.intensity_spectrum(
        spectrum, static_cast<int>(condition), static_cast<float>(corner.dose));
    expose(intensity, model.period_x_nm, model.period_y_nm, model.resist);
    return simulator.image(intensity, grid.rows, grid.cols);
  };
  const auto prints = [&](const Image<float>& image) {
    return [&](int y, int x) { return image(y, x) >= static_cast<float>(model.resist.threshold); };
  };

  TileResult result{.mask = core.of(mask)};
  const Image<float> nominal = image_at(corner_named(settings, "nominal"));
  const Image<float> target = rasterize(design.polygons, grid);
  result.l2_nm2 = core.difference_nm2(prints(nominal),
                                      [&](int y, int x) { return target(y, x) >= 0.5f; });
  if (!settings.bands.empty()) {
    const Image<float> outer = image_at(corner_named(settings, settings.bands.front().outer));
    const Image<float> inner = image_at(corner_named(settings, settings.bands.front().inner));
    result.band_nm2 = core.difference_nm2(prints(outer), prints(inner));
  }
  EdgePlacementSettings edges;
  edges.spacing_nm = settings.edge_site_spacing_nm;
  edges.tolerance_nm = settings.edge_tolerance_nm;
  result.sites = measure_edge_placement(nominal.view(), grid, model.resist.threshold,
                                        sites_in_core(design, edges), edges)
                     .sites;
  return result;
}

}  // namespace reticle
