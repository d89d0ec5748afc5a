// SPDX-License-Identifier: Apache-2.0
// What a mask prints through the process window, and its figures of merit.
#pragma once

#include <cstdint>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"
#include "litho/ilt/settings.h"
#include "litho/imaging/optical_model.h"
#include "litho/metrology/mask_rules.h"
#include "litho/verification/region_check.h"

namespace reticle {

// The figures of merit of one mask: areas and edges exact, whatever the pixel; shots and rules of its pixels.
struct MaskReport {
  double l2_nm2 = 0.0;       // area in which nominal print and target differ
  double pv_band_nm2 = 0.0;  // area in which outer and inner print differ
  int epe_violations = 0;
  double epe_max_nm = 0.0;
  double epe_mean_abs_nm = 0.0;
  std::int64_t shots = 0;
  std::int64_t drawn_features = 0;  // apart from one another
  MaskRules rules;
};

// On the grid of the model's field, of the mask's pixel size.
struct MaskEvaluation {
  Grid grid;
  Image<std::uint8_t> mask;
  Image<std::uint8_t> target;
  PrintRings prints;          // at the nominal corner and those of the first band
  RegionReport verification;  // areas, edges and findings of the print at every corner, as `settings` judge them
  MaskReport report;

  // Pixels of which at least half prints at the nominal corner.
  Image<std::uint8_t> nominal() const;
  // Those that print at one corner of the band and not at the other.
  Image<std::uint8_t> band() const;
};

// Evaluates one mask after another with plans and memory taken once. Not thread-safe: one per
// thread. The model, and settings as from resolved(), outlive it.
class MaskEvaluator {
 public:
  MaskEvaluator(const OpticalModel& model, const IltSettings& settings);
  MaskEvaluator(const OpticalModel& model, VerifySettings settings);  // as from resolved_limits()
  // As evaluate() below. A view, if given, takes what the whole field looks like.
  MaskEvaluation evaluate(ImageView<const std::uint8_t> mask, const Grid& mask_grid,
                          const Design& design, PlaceView* view = nullptr);
  // Of a grey mask: prints are its own, and what is measured on the mask is that of its pixels above a half.
  MaskEvaluation evaluate(ImageView<const float> mask, const Grid& mask_grid, const Design& design);
  // Of a mask made of edges, polygons that do not overlap; pixels are theirs, for what is measured on the mask.
  MaskEvaluation evaluate(const std::vector<Polygon>& edges, ImageView<const std::uint8_t> mask, const Grid& mask_grid,
                          const Design& design, PlaceView* view = nullptr);
  const VerifySettings& verification() const { return verification_; }

 private:
  // result.mask and grid are there; of the region, its mask.
  void measure(MaskEvaluation& result, Region region, const Design& design, PlaceView* view = nullptr);

  const OpticalModel& model_;
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
