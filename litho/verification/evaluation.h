// SPDX-License-Identifier: Apache-2.0
// What a mask prints through the process window, and its figures of merit.
#pragma once

#include <cstdint>

#include "kernels/base/image.h"
#include "litho/verification/corner_images.h"
#include "litho/ilt/settings.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"
#include "litho/metrology/mask_report.h"
#include "litho/verification/printed_features.h"
#include "litho/verification/region_check.h"

namespace reticle {

// Everything on the grid of the model's field, of the mask's pixel size.
struct MaskEvaluation {
  Grid grid;
  Image<std::uint8_t> mask;
  Image<std::uint8_t> target;
  Image<std::uint8_t> nominal;  // print at the nominal corner
  Image<std::uint8_t> band;     // where the outer and the inner print of the first band differ
  PrintedFeatures features;  // of the nominal print
  // Exact, whatever the pixel: areas, edges and findings of the print at every corner, as `settings` judge them.
  RegionReport verification;
  MaskReport report;  // areas and edges are those of the verification; shots and rules, of the mask's pixels
};

// Evaluates one mask after another with plans and memory taken once. Not thread-safe: one per
// thread. Model and settings, as from resolved(), outlive it.
class MaskEvaluator {
 public:
  MaskEvaluator(const OpticalModel& model, const IltSettings& settings);
  // As evaluate() below.
  MaskEvaluation evaluate(ImageView<const std::uint8_t> mask, const Grid& mask_grid,
                          const Design& design);
  // Of a grey mask: prints are its own, and what is measured on the mask is that of its pixels above a half.
  MaskEvaluation evaluate(ImageView<const float> mask, const Grid& mask_grid, const Design& design);
  const VerifySettings& verification() const { return verification_; }

 private:
  // The mask's image is set; result.mask and grid are there.
  void measure(MaskEvaluation& result, ImageView<const float> drawn, const Design& design);

  const OpticalModel& model_;
  const IltSettings& settings_;
  CornerImages images_;
  VerifySettings verification_;
  RegionVerifier verifier_;
};

// The nominal corner is the one of that name, or the first; the band is the settings' first.
// Settings as from resolved(). Throws Error(bad_input) if the mask is larger than the model's
// period, Error(unsupported) if its pixel does not divide the period.
MaskEvaluation evaluate(const OpticalModel& model, const IltSettings& settings,
                        ImageView<const std::uint8_t> mask, const Grid& mask_grid,
                        const Design& design);

}  // namespace reticle
