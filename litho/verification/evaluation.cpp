// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/evaluation.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include "litho/geometry/bit_image.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/rasterize.h"
#include "litho/geometry/regions.h"
#include "litho/imaging/pixel_field.h"
#include "litho/metrology/shots.h"

namespace reticle {

MaskEvaluator::MaskEvaluator(const OpticalModel& model, const IltSettings& settings)
    : MaskEvaluator(model, verify_settings(settings, model)) {}

MaskEvaluator::MaskEvaluator(const OpticalModel& model, VerifySettings settings)
    : model_(model), verification_(std::move(settings)), verifier_(model, verification_) {}

MaskEvaluation MaskEvaluator::evaluate(ImageView<const std::uint8_t> mask, const Grid& mask_grid,
                                       const Design& design, PlaceView* view) {
  MaskEvaluation result;
  result.grid = field_grid(model_, mask_grid);
  result.mask = in_field<std::uint8_t>(mask, mask_grid, result.grid);
  measure(result, {.binary = result.mask.view()}, design, view);
  return result;
}

MaskEvaluation MaskEvaluator::evaluate(ImageView<const float> mask, const Grid& mask_grid, const Design& design) {
  MaskEvaluation result;
  result.grid = field_grid(model_, mask_grid);
  const Image<float> grey = in_field<float>(mask, mask_grid, result.grid);
  result.mask = Image<std::uint8_t>(grey.rows(), grey.cols());
  std::transform(grey.begin(), grey.end(), result.mask.begin(),
                 [](float drawn) { return static_cast<std::uint8_t>(drawn > 0.5f); });
  measure(result, {.pixels = grey.view()}, design);
  return result;
}

MaskEvaluation MaskEvaluator::evaluate(const std::vector<Polygon>& edges, ImageView<const std::uint8_t> mask,
                                       const Grid& mask_grid, const Design& design, PlaceView* view) {
  MaskEvaluation result;
  result.grid = field_grid(model_, mask_grid);
  result.mask = in_field<std::uint8_t>(mask, mask_grid, result.grid);
  measure(result, {.mask = clip(edges, box_of(result.grid))}, design, view);
  return result;
}

void MaskEvaluator::measure(MaskEvaluation& result, Region region, const Design& design, PlaceView* view) {
  result.target = rasterize_binary(design.polygons, result.grid);
  region.field = region.core = box_of(result.grid);
  region.target = clip(design.polygons, region.field);
  result.verification = verifier_.verify(region, &result.prints, view);
  const RegionMeasures& measures = result.verification.measures;
  const EdgeStatistics edges = measures.all_edges(0);
  const BitImage mask(result.mask);
  result.report = {.l2_nm2 = measures.l2_nm2,
                   .pv_band_nm2 = measures.pv_band_nm2,
                   .epe_violations = static_cast<int>(measures.epe_violations),
                   .epe_max_nm = edges.max_abs_nm,
                   .epe_mean_abs_nm = edges.mean_abs_nm(),
                   .shots = count_shots(mask),
                   .drawn_features = std::ssize(shape_regions(BitImage(result.target)).regions),
                   .rules = measure_mask_rules(mask, result.grid)};
}

Image<std::uint8_t> MaskEvaluation::nominal() const { return rasterize_rings_binary(prints.nominal, grid); }

Image<std::uint8_t> MaskEvaluation::band() const {
  Image<std::uint8_t> differing = rasterize_rings_binary(prints.outer, grid);
  const Image<std::uint8_t> inner = rasterize_rings_binary(prints.inner, grid);
  std::transform(differing.begin(), differing.end(), inner.begin(), differing.begin(), std::bit_xor<>());
  return differing;
}

MaskEvaluation evaluate(const OpticalModel& model, const IltSettings& settings,
                        ImageView<const std::uint8_t> mask, const Grid& mask_grid,
                        const Design& design) {
  return MaskEvaluator(model, settings).evaluate(mask, mask_grid, design);
}

}  // namespace reticle
