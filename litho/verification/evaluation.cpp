#include "litho/verification/evaluation.h"

#include "litho/geometry/bit_image.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/pixel_field.h"
#include "litho/metrology/print_metrics.h"

namespace reticle {

MaskEvaluator::MaskEvaluator(const OpticalModel& model, const IltSettings& settings)
    : model_(model), settings_(settings), images_(model) {}

MaskEvaluation MaskEvaluator::evaluate(ImageView<const std::uint8_t> mask, const Grid& mask_grid,
                                       const Design& design) {
  MaskEvaluation result;
  result.grid = field_grid(model_, mask_grid);
  result.mask = in_field<std::uint8_t>(mask, mask_grid, result.grid);
  result.target = rasterize_binary(design.polygons, result.grid);

  const ProcessBand band = settings_.bands.empty() ? ProcessBand{} : settings_.bands.front();
  images_.set_mask(result.mask.view());
  // The outer corner after the inner one: it mostly shares the nominal's focus, and so its image.
  const BitImage inner = images_.print(corner_named(settings_, band.inner));
  const BitImage outer = images_.print(corner_named(settings_, band.outer));
  // The last, as its intensity is measured as well.
  const ProcessCorner& nominal_corner = corner_named(settings_, "nominal");
  const ImageView<const float> intensity = images_.at_focus_of(nominal_corner);
  const double threshold = images_.threshold(nominal_corner);
  const BitImage nominal = print_bits(intensity, threshold);
  result.nominal = nominal.unpacked();
  result.band = differing(outer, inner).unpacked();

  EdgePlacementSettings edges;
  edges.spacing_nm = settings_.edge_site_spacing_nm;
  edges.tolerance_nm = settings_.edge_tolerance_nm;
  result.report = measure(BitImage(result.mask),
                          {.target = BitImage(result.target),
                           .nominal_intensity = intensity,
                           .nominal = nominal,
                           .outer = outer,
                           .inner = inner},
                          threshold, result.grid, edges);
  return result;
}

MaskEvaluation evaluate(const OpticalModel& model, const IltSettings& settings,
                        ImageView<const std::uint8_t> mask, const Grid& mask_grid,
                        const Design& design) {
  return MaskEvaluator(model, settings).evaluate(mask, mask_grid, design);
}

}  // namespace reticle
