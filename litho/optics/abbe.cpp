// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/abbe.h"

#include <algorithm>
#include <string>

#include "kernels/base/error.h"
#include "kernels/cpu/band_transform.h"
#include "kernels/cpu/socs_fields.h"
#include "litho/imaging/simulator.h"
#include "litho/optics/coherent_rows.h"
#include "litho/optics/source_refinement.h"

namespace reticle {

SpectrumSize mask_orders(const OpticsSettings& settings) {
  validate(settings);
  const OrderWindow window = order_window(settings, refined_source(settings));
  return {window.half_x, window.half_y};
}

Spectrum<double> abbe_intensity(const OpticsSettings& settings, double focus_nm,
                                const Spectrum<double>& mask) {
  return abbe_intensity(settings, focus_nm, mask, mask.at(0, 0).real());
}

Spectrum<double> abbe_intensity(const OpticsSettings& settings, double focus_nm,
                                const Spectrum<double>& mask, double mean_transmission) {
  validate(settings);
  const std::vector<SourcePoint> source = refined_source(settings);
  const CoherentRows rows(settings, source, focus_nm);
  const OrderWindow window = rows.window();
  if (mask.half_x() != window.half_x || mask.half_y() != window.half_y)
    throw Error(ErrorCode::invalid_argument,
                "mask spectrum has orders up to " + std::to_string(mask.half_x()) + ", " +
                    std::to_string(mask.half_y()) + "; these optics take " +
                    std::to_string(window.half_x) + ", " + std::to_string(window.half_y));
  // A row is a coherent system like any other: summed in batches, the larger the fewer orders they have,
  // with no kernel left out and nothing truncated.
  const int batch = std::clamp((1 << 17) / window.size(), 64, 1024) / cpu::k_lanes * cpu::k_lanes;
  SocsStack stack{.half_x = window.half_x, .half_y = window.half_y, .conditions = {{}}};
  Image<double> sum, part;
  const auto flush = [&] {
    if (stack.conditions[0].count == 0) return;
    cpu::SocsFields<double> fields(stack);
    if (sum.empty()) {
      sum = Image<double>(fields.field_rows(), fields.field_cols());
      part = sum;
    }
    fields.intensity(mask, 0, part.view());
    for (std::size_t i = 0; i < sum.size(); ++i) sum.data()[i] += part.data()[i];
    stack.conditions[0] = {};
  };
  rows.for_each([&](std::span<const std::complex<double>> row) {
    auto& condition = stack.conditions[0];
    condition.coefficients.insert(condition.coefficients.end(), row.begin(), row.end());
    if (++condition.count == batch) flush();
  });
  flush();
  Spectrum<double> intensity(2 * window.half_x, 2 * window.half_y);
  cpu::BandTransform<double>(sum.rows(), sum.cols(), intensity.half_x(), intensity.half_y(),
                             cpu::Samples::at_corners)
      .analyze(sum.view(), intensity);
  diffuse(intensity, settings.period_x_nm(), settings.period_y_nm(), settings.stage_blur_nm);
  add_flare(intensity, mean_transmission, settings.flare);
  return intensity;
}

}  // namespace reticle
