#include "litho/metrology/mask_report.h"

#include "kernels/base/error.h"
#include "litho/metrology/print_metrics.h"
#include "litho/metrology/shots.h"

namespace reticle {

MaskReport measure(ImageView<const std::uint8_t> mask, const MaskPrints& prints, double threshold,
                   const Grid& grid, const EdgePlacementSettings& settings) {
  if (prints.outer.rows != grid.rows || prints.outer.cols != grid.cols) {
    throw Error(ErrorCode::invalid_argument,
                "mask report: the outer print does not lie on the grid; give all images on it.");
  }
  const EdgePlacementReport edges =
      measure_edge_placement(prints.nominal_intensity, grid, threshold,
                             edge_sites(prints.target, grid, settings), settings);
  MaskReport report;
  report.l2_px = l2_pixels(print(prints.nominal_intensity, threshold).view(), prints.target);
  report.pvb_px = pv_band_pixels(prints.outer, prints.inner);
  report.epe_violations = edges.violations;
  report.epe_max_nm = edges.max_abs_nm;
  report.epe_mean_abs_nm = edges.mean_abs_nm;
  report.shots = count_shots(mask);
  report.rules = measure_mask_rules(mask, grid);
  return report;
}

}  // namespace reticle
