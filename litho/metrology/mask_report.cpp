// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/mask_report.h"

#include <string>

#include "kernels/base/error.h"
#include "litho/metrology/print_metrics.h"
#include "litho/metrology/shots.h"

namespace reticle {

namespace {

void require_on(const Grid& grid, const char* what, int rows, int cols) {
  if (rows == grid.rows && cols == grid.cols) return;
  throw Error(ErrorCode::invalid_argument, std::string("mask report: the ") + what +
                                               " does not lie on the grid; give all images on it.");
}

}  // namespace

MaskReport measure(ImageView<const std::uint8_t> mask, const MaskPrints& prints, const PrintLevel& level,
                   const Grid& grid, const EdgePlacementSettings& settings) {
  return measure(BitImage(mask),
                 PackedPrints{.target = BitImage(prints.target),
                              .nominal_intensity = prints.nominal_intensity,
                              .nominal = print_bits(prints.nominal_intensity, level),
                              .outer = BitImage(prints.outer),
                              .inner = BitImage(prints.inner)},
                 level, grid, settings);
}

MaskReport measure(const BitImage& mask, const PackedPrints& prints, const PrintLevel& level,
                   const Grid& grid, const EdgePlacementSettings& settings) {
  require_on(grid, "mask", mask.rows(), mask.cols());
  require_on(grid, "target", prints.target.rows(), prints.target.cols());
  require_on(grid, "nominal print", prints.nominal.rows(), prints.nominal.cols());
  require_on(grid, "outer print", prints.outer.rows(), prints.outer.cols());
  require_on(grid, "inner print", prints.inner.rows(), prints.inner.cols());
  const EdgePlacementReport edges =
      measure_edge_placement(prints.nominal_intensity, grid, level,
                             edge_sites(prints.target, grid, settings), settings);
  MaskReport report;
  const double pixel_nm2 = grid.pixel_nm * grid.pixel_nm;
  report.l2_nm2 = pixel_nm2 * static_cast<double>(count_differing(prints.nominal, prints.target));
  report.pv_band_nm2 = pixel_nm2 * static_cast<double>(count_differing(prints.outer, prints.inner));
  report.epe_violations = edges.violations;
  report.epe_max_nm = edges.max_abs_nm;
  report.epe_mean_abs_nm = edges.mean_abs_nm;
  report.shots = count_shots(mask);
  report.rules = measure_mask_rules(mask, grid);
  return report;
}

}  // namespace reticle
