#include "litho/correction/evaluation.h"

#include <algorithm>
#include <functional>

#include "kernels/base/error.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/pixel_field.h"
#include "litho/imaging/simulator.h"
#include "litho/metrology/print_metrics.h"

namespace reticle {
namespace {

const ProcessCorner& corner_named(const IltSettings& settings, const std::string& name) {
  const auto found = std::find_if(settings.corners.begin(), settings.corners.end(),
                                  [&](const ProcessCorner& corner) { return corner.name == name; });
  return found == settings.corners.end() ? settings.corners.front() : *found;
}

// Images of one mask at the corners of a window.
class CornerImages {
 public:
  CornerImages(const OpticalModel& model, const Image<float>& mask)
      : model_(model),
        simulator_(model),
        spectrum_(simulator_.mask_spectrum(mask.view())),
        rows_(mask.rows()),
        cols_(mask.cols()) {}

  Image<float> at(const ProcessCorner& corner) {
    const auto condition = &model_.condition(corner.condition) - model_.conditions.data();
    Spectrum<float> intensity = simulator_.intensity_spectrum(
        spectrum_, static_cast<int>(condition), static_cast<float>(corner.dose));
    expose(intensity, model_.period_x_nm, model_.period_y_nm, model_.resist);
    return simulator_.image(intensity, rows_, cols_);
  }

  Image<std::uint8_t> print_at(const ProcessCorner& corner) {
    return print(at(corner).view(), model_.resist.threshold);
  }

 private:
  const OpticalModel& model_;
  Simulator<float> simulator_;
  Spectrum<float> spectrum_;
  int rows_, cols_;
};

}  // namespace

MaskEvaluation evaluate(const OpticalModel& model, const IltSettings& settings,
                        ImageView<const std::uint8_t> mask, const Grid& mask_grid,
                        const Design& design) {
  MaskEvaluation result;
  result.grid = field_grid(model, mask_grid);
  result.mask = in_field<std::uint8_t>(mask, mask_grid, result.grid);
  result.target = rasterize_binary(design.polygons, result.grid);

  CornerImages images(model, in_field<float>(mask, mask_grid, result.grid));
  const Image<float> nominal = images.at(corner_named(settings, "nominal"));
  result.nominal = print(nominal.view(), model.resist.threshold);
  const ProcessBand band = settings.bands.empty() ? ProcessBand{} : settings.bands.front();
  const Image<std::uint8_t> outer = images.print_at(corner_named(settings, band.outer));
  const Image<std::uint8_t> inner = images.print_at(corner_named(settings, band.inner));
  result.band = Image<std::uint8_t>(result.grid.rows, result.grid.cols);
  std::transform(outer.begin(), outer.end(), inner.begin(), result.band.begin(),
                 std::not_equal_to<>());

  EdgePlacementSettings edges;
  edges.spacing_nm = settings.edge_site_spacing_nm;
  edges.tolerance_nm = settings.edge_tolerance_nm;
  result.report = measure(result.mask.view(),
                          {.target = result.target.view(),
                           .nominal_intensity = nominal.view(),
                           .outer = outer.view(),
                           .inner = inner.view()},
                          model.resist.threshold, result.grid, edges);
  return result;
}

}  // namespace reticle
