#include "litho/optics/scalar_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "kernels/base/error.h"
#include "litho/imaging/simulator.h"

namespace reticle {
namespace {

ScalarOptics small_optics() {
  ScalarOptics optics;
  optics.period_nm = 480.0;
  optics.source_pixels = 9;
  optics.kernels = 1000;  // all there are
  return optics;
}

Spectrum<double> lines(const Simulator<double>& simulator, int order) {
  Spectrum<double> mask(simulator.half_x(), simulator.half_y());
  mask.at(0, 0) = 0.5;
  mask.at(order, 0) = mask.at(-order, 0) = 0.3;
  return mask;
}

TEST(ScalarModel, ClearFieldIsOneAtEveryFocus) {
  const OpticalModel model = make_scalar_model(small_optics());
  Simulator<double> simulator(model);
  Spectrum<double> clear(simulator.half_x(), simulator.half_y());
  clear.at(0, 0) = 1.0;
  for (int condition = 0; condition < 2; ++condition) {
    const Spectrum<double> image = simulator.intensity_spectrum(clear, condition);
    EXPECT_NEAR(std::abs(image.at(0, 0)), 1.0, 1e-12);  // rounding of some 40 terms
  }
}

// The coherent sum over source points, written out for a mask of three orders.
TEST(ScalarModel, AllKernelsTogetherAreTheSumOverTheSource) {
  const ScalarOptics o = small_optics();
  const OpticalModel model = make_scalar_model(o);
  Simulator<double> simulator(model);
  const Spectrum<double> mask = lines(simulator, 2);
  const Spectrum<double> image = simulator.intensity_spectrum(mask, 1);
  const double step = o.wavelength_nm / (o.na * o.period_nm);
  for (const double x_nm : {0.0, 31.0, 120.0, 333.0}) {
    double sum = 0.0;
    int count = 0;
    for (int j = 0; j < o.source_pixels; ++j) {
      for (int i = 0; i < o.source_pixels; ++i) {
        const double sx = (2.0 * i + 1 - o.source_pixels) / o.source_pixels;
        const double sy = (2.0 * j + 1 - o.source_pixels) / o.source_pixels;
        if (std::hypot(sx, sy) < o.sigma_inner || std::hypot(sx, sy) > o.sigma_outer) continue;
        std::complex<double> field = 0.0;
        for (const int m : {-2, 0, 2}) {
          const double rho2 = std::pow(sx + m * step, 2) + sy * sy;
          if (rho2 > 1.0) continue;
          const double path = std::sqrt(o.immersion_index * o.immersion_index - o.na * o.na * rho2);
          const double waves = 40.0 / o.wavelength_nm * path + m * x_nm / o.period_nm;
          field += mask.at(m, 0) * std::polar(1.0, 2.0 * std::numbers::pi * waves);
        }
        sum += std::norm(field);
        ++count;
      }
    }
    const double value = intensity_at(image, Box{0, 0, o.period_nm, o.period_nm}, {x_nm, 77.0});
    EXPECT_NEAR(value, sum / count, 1e-11);  // double sums of some thousand terms
  }
}

TEST(ScalarModel, KernelsAreOrderedByWeightAndWeightsAreNotNegative) {
  ScalarOptics optics = small_optics();
  optics.kernels = 12;
  const OpticalModel model = make_scalar_model(optics);
  for (const SocsKernels& condition : model.conditions) {
    ASSERT_EQ(condition.count(), 12);
    for (int k = 1; k < 12; ++k) EXPECT_LE(condition.weights[k], condition.weights[k - 1]);
  }
}

TEST(ScalarModel, SettingsThatMakeNoSenseAreNamed) {
  ScalarOptics optics = small_optics();
  optics.na = 1.5;
  EXPECT_THROW(make_scalar_model(optics), Error);
  optics = small_optics();
  optics.sigma_inner = 0.95;
  EXPECT_THROW(make_scalar_model(optics), Error);
}

}  // namespace
}  // namespace reticle
