// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/socs_builder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <random>

#include "kernels/base/error.h"
#include "litho/imaging/polygon_spectrum.h"
#include "litho/imaging/simulator.h"
#include "litho/optics/abbe.h"

namespace reticle {
namespace {

OpticsSettings small_immersion() {
  return {.source = {.sampling = SourceSampling::covered_area, .grid = 32}, .conditions = {{"focus", 0.0}, {"defocus", 50.0}},
          .period_nm = {500.0, 420.0}, .max_error = 3e-3};
}

double error_on(const OpticsSettings& settings, const OpticalModel& model, int condition,
                const std::vector<Polygon>& shapes) {
  const Box field{0, 0, settings.period_x_nm(), settings.period_y_nm()};
  const SpectrumSize size = mask_orders(settings);
  const Spectrum<double> mask = polygon_spectrum(shapes, field, size.half_x, size.half_y);
  const auto exact = abbe_intensity(settings, settings.conditions[static_cast<std::size_t>(condition)].focus_nm, mask);
  Simulator<double> simulator(model);
  const auto socs = simulator.intensity_spectrum(mask, condition);
  double worst = 0.0;
  for (double y = 0; y < 420; y += 7)
    for (double x = 0; x < 500; x += 7)
      worst = std::max(worst, std::abs(intensity_at(exact, field, {x, y}) - intensity_at(socs, field, {x, y})));
  return worst;
}

TEST(SocsBuilder, ErrorAgainstAbbeIsWithinTheRecordedBoundOnAnotherPattern) {
  const OpticsSettings settings = small_immersion();
  std::vector<SocsReport> reports;
  const OpticalModel model = build_optical_model(settings, &reports);
  const std::vector<Polygon> shapes = {{{60, 50}, {130, 50}, {130, 350}, {60, 350}},
                                       {{210, 80}, {420, 80}, {420, 150}, {280, 150}, {280, 300}, {210, 300}}};
  for (int condition : {0, 1}) {
    const SocsReport& report = reports[static_cast<std::size_t>(condition)];
    EXPECT_LE(report.measured, settings.max_error);
    const double error = error_on(settings, model, condition, shapes);
    EXPECT_LE(error, report.bound);
    // Another pattern may err more than the calibration pattern, but not by an order.
    EXPECT_LE(error, 3.0 * settings.max_error);
  }
}

TEST(SocsBuilder, RandomManhattanClipsStayWithinTheBound) {
  OpticsSettings settings = small_immersion();
  settings.conditions.resize(1);
  settings.max_error = 1e-3;
  std::vector<SocsReport> reports;
  const OpticalModel model = build_optical_model(settings, &reports);
  RecordProperty("kernels", reports[0].kernels);
  std::printf("immersion 1.35 annular, 500 x 420 nm: %d kernels for 1e-3, bound %.2e\n",
              reports[0].kernels, reports[0].bound);
  std::mt19937 generator(5);
  const auto random = [&](int low, int high) {
    return low + static_cast<double>(generator() % static_cast<unsigned>(high - low));
  };
  for (int clip = 0; clip < 10; ++clip) {
    std::vector<Polygon> shapes;  // one in each cell of 125 x 105 nm, so that none overlap
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 4; ++j) {
        if (generator() % 4 == 0) continue;
        const double x0 = 125 * i + random(0, 50), y0 = 105 * j + random(0, 40);
        const double x1 = 125 * i + random(60, 125), y1 = 105 * j + random(50, 105);
        shapes.push_back({{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}});
      }
    EXPECT_LE(error_on(settings, model, 0, shapes), reports[0].bound) << clip;
  }
}

TEST(SocsBuilder, MoreKernelsForASmallerError) {
  OpticsSettings settings = small_immersion();
  settings.conditions.resize(1);
  const OpticalModel coarse = build_optical_model(settings);
  settings.max_error = 1e-3;
  const OpticalModel fine = build_optical_model(settings);
  EXPECT_GT(fine.conditions[0].count(), coarse.conditions[0].count());
  EXPECT_LE(fine.truncation_error, 1e-3);
}

TEST(SocsBuilder, TheSameSettingsGiveTheSameKernels) {
  OpticsSettings settings = small_immersion();
  settings.conditions.resize(1);
  EXPECT_EQ(build_optical_model(settings).conditions[0].coefficients,
            build_optical_model(settings).conditions[0].coefficients);
}

TEST(OpticsSettings, BadValuesAreNamedWithTheirRange) {
  const auto message_of = [](const OpticsSettings& settings) -> std::string {
    try {
      validate(settings);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  const auto expect = [&](const OpticsSettings& settings, const char* part) {
    EXPECT_NE(message_of(settings).find(part), std::string::npos) << message_of(settings);
  };
  expect({.source = {.sigma_out = 1.1}}, "source.sigma_out = 1.1");
  expect({.na = 1.5}, "below immersion_index");
  expect({.source = {.sigma_in = 0.95}}, "source.sigma_in = 0.95");
  expect({.stack = {.films = {{-3.0, 1.5}}}}, "stack.films.thickness_nm = -3");
  expect({.stack = {.films = {{3.0, {-1.5, 0.0}}}}}, "stack.films.n, kappa = (-1.5,0)");
  expect({.zernikes_waves = std::vector<double>(38)}, "at most 37");
  expect({.source = {.shape = SourceShape::freeform, .map = Image<double>(4, 4)}}, "bright pixel");
}

}  // namespace
}  // namespace reticle
