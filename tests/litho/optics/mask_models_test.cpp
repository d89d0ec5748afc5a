// SPDX-License-Identifier: Apache-2.0
// Masks that are not binary, through all kernels of a sampled source, against Abbe's sum of the same pattern.
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>

#include "litho/imaging/mask_spectrum.h"
#include "litho/imaging/simulator.h"
#include "litho/optics/abbe.h"
#include "litho/optics/pattern.h"
#include "litho/optics/socs_builder.h"

namespace reticle {
namespace {

constexpr double k_period_nm = 400.0;

OpticsSettings all_kernels() {
  return {.source = {.sampling = SourceSampling::pixel_centre, .grid = 12},
          .flare = 0.02,
          .conditions = {{"focus", 30.0}},
          .period_nm = {k_period_nm, k_period_nm},
          .max_error = 1e-11};
}

Polygon line() { return {{60, 40}, {150, 40}, {150, 330}, {60, 330}}; }
Polygon corner() { return {{210, 80}, {350, 80}, {350, 150}, {290, 150}, {290, 300}, {210, 300}}; }

double difference(const Spectrum<double>& a, const Spectrum<double>& b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a.data()[i] - b.data()[i]));
  return largest;
}

// The pattern's image by Abbe, its orders blurred as a mask writer's would be.
Spectrum<double> exact_image(const OpticsSettings& optics, const Pattern& pattern, double blur_nm) {
  const SpectrumSize size = mask_orders(optics);
  Spectrum<double> mask = pattern_spectrum(pattern, size.half_x, size.half_y);
  for (int n = -size.half_y; n <= size.half_y; ++n)
    for (int m = -size.half_x; m <= size.half_x; ++m)
      mask.at(m, n) *= std::exp(-2.0 * std::pow(std::numbers::pi * blur_nm / k_period_nm, 2) * (m * m + n * n));
  return abbe_intensity(optics, 30.0, mask, mean_transmission(pattern));
}

TEST(MaskModels, LayoutsOnAttenuatedAndOpaqueDrawnMasksImageAsAbbesSum) {
  const OpticsSettings optics = all_kernels();
  OpticalModel model = build_optical_model(optics);
  const Box field{0.0, 0.0, k_period_nm, k_period_nm};
  const std::vector<Polygon> drawn{line(), corner()};
  const std::complex<double> film = std::polar(std::sqrt(0.06), 165.0 * std::numbers::pi / 180.0);
  for (const DrawnSide side : {DrawnSide::clear, DrawnSide::opaque})
    for (const std::complex<double> t : {std::complex<double>(0.0), film})
      for (const double bias : {0.0, 8.0}) {
        model.mask = {.transmission = std::norm(t), .phase_deg = 165.0, .drawn_side = side, .bias_nm = bias,
                      .blur_x_nm = 6.0, .blur_y_nm = 6.0};
        Pattern pattern{k_period_nm, k_period_nm, side == DrawnSide::clear ? t : 1.0, {}};
        for (const Polygon& polygon : drawn) pattern.shapes.push_back({polygon, side == DrawnSide::clear ? 1.0 : t});
        pattern.bias_nm = bias;
        Simulator<double> simulator(model);
        const Spectrum<double> image = simulator.intensity_spectrum(simulator.mask_spectrum(drawn, field), 0);
        EXPECT_LT(difference(image, exact_image(optics, pattern, 6.0)), 1e-10);
      }
}

TEST(MaskModels, AlternatingLayersImageAsAbbesSum) {
  const OpticsSettings optics = all_kernels();
  OpticalModel model = build_optical_model(optics);
  const Box field{0.0, 0.0, k_period_nm, k_period_nm};
  model.mask = {.layers = {{"clear", 1.0, 0.0}, {"shifter", 0.97, 178.0}}};
  const std::vector<DrawnLayer> layers{{"clear", {line()}}, {"shifter", {corner()}}};
  const Pattern pattern{k_period_nm, k_period_nm, 0.0,
                        {{line(), 1.0}, {corner(), std::polar(std::sqrt(0.97), 178.0 * std::numbers::pi / 180.0)}}};
  Simulator<double> simulator(model);
  const Spectrum<double> mask =
      amplitude_spectrum(model.mask, layers, field, simulator.half_x(), simulator.half_y());
  const auto image = simulator.intensity_spectrum(mask, 0, 1.0, mean_transmission(model.mask, layers, field));
  EXPECT_LT(difference(image, exact_image(optics, pattern, 0.0)), 1e-10);
}

}  // namespace
}  // namespace reticle
