// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/evaluation.h"

#include <algorithm>

#include "litho/geometry/bit_image.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/pixel_field.h"
#include "litho/metrology/print_metrics.h"

namespace reticle {

MaskEvaluator::MaskEvaluator(const OpticalModel& model, const IltSettings& settings)
    : model_(model), settings_(settings), images_(model, settings), verification_(verify_settings(settings, model)),
      verifier_(model, verification_) {}

MaskEvaluation MaskEvaluator::evaluate(ImageView<const std::uint8_t> mask, const Grid& mask_grid,
                                       const Design& design) {
  MaskEvaluation result;
  result.grid = field_grid(model_, mask_grid);
  result.mask = in_field<std::uint8_t>(mask, mask_grid, result.grid);
  images_.set_mask(result.mask.view());
  Image<float> drawn(result.mask.rows(), result.mask.cols());
  std::copy(result.mask.begin(), result.mask.end(), drawn.begin());
  measure(result, drawn.view(), design);
  return result;
}

MaskEvaluation MaskEvaluator::evaluate(ImageView<const float> mask, const Grid& mask_grid, const Design& design) {
  MaskEvaluation result;
  result.grid = field_grid(model_, mask_grid);
  const Image<float> grey = in_field<float>(mask, mask_grid, result.grid);
  result.mask = Image<std::uint8_t>(grey.rows(), grey.cols());
  std::transform(grey.begin(), grey.end(), result.mask.begin(),
                 [](float drawn) { return static_cast<std::uint8_t>(drawn > 0.5f); });
  images_.set_mask(grey.view());
  measure(result, grey.view(), design);
  return result;
}

void MaskEvaluator::measure(MaskEvaluation& result, ImageView<const float> drawn, const Design& design) {
  result.target = rasterize_binary(design.polygons, result.grid);
  const ProcessBand band = settings_.bands.empty() ? ProcessBand{} : settings_.bands.front();
  // The outer corner after the inner one: it mostly shares the nominal's focus, and so its image.
  const BitImage inner = images_.print(corner_named(settings_, band.inner));
  const BitImage outer = images_.print(corner_named(settings_, band.outer));
  // The last, as its intensity is measured as well.
  const ProcessCorner& nominal_corner = corner_named(settings_, "nominal");
  const ImageView<const float> intensity = images_.at_focus_of(nominal_corner);
  const PrintLevel level = images_.level(nominal_corner);
  const BitImage nominal = print_bits(intensity, level);
  result.nominal = nominal.unpacked();
  result.band = differing(outer, inner).unpacked();

  result.report = reticle::measure(BitImage(result.mask),
                          {.target = BitImage(result.target),
                           .nominal_intensity = intensity,
                           .nominal = nominal,
                           .outer = outer,
                           .inner = inner},
                          level, result.grid, edge_placement(settings_));
  result.features = printed_features(nominal, BitImage(result.target));

  const Box field = box_of(result.grid);
  result.verification = verifier_.verify(
      {.pixels = drawn, .target = clip(design.polygons, field), .field = field, .core = field});
  const RegionMeasures& exact = result.verification.measures;
  const EdgeStatistics edges = exact.all_edges(0);
  result.report.l2_nm2 = exact.l2_nm2, result.report.pv_band_nm2 = exact.pv_band_nm2;
  result.report.epe_violations = static_cast<int>(exact.epe_violations);
  result.report.epe_max_nm = edges.max_abs_nm;
  result.report.epe_mean_abs_nm = edges.mean_abs_nm();
}

MaskEvaluation evaluate(const OpticalModel& model, const IltSettings& settings,
                        ImageView<const std::uint8_t> mask, const Grid& mask_grid,
                        const Design& design) {
  return MaskEvaluator(model, settings).evaluate(mask, mask_grid, design);
}

}  // namespace reticle
