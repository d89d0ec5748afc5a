// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/ilt.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/base/error.h"
#include "litho/assist/print_check.h"
#include "litho/geometry/distance.h"
#include "litho/geometry/rasterize.h"
#include "litho/ilt/interpolate.h"
#include "litho/imaging/simulator.h"
#include "litho/metrology/print_metrics.h"
#include "litho/rules/rule_check.h"

namespace reticle {
namespace {

// Coherent low-pass systems, in and out of focus: quadratic pupil phase, cut at 9 orders of 1024 nm.
OpticalModel low_pass_model() {
  OpticalModel model;
  model.period_x_nm = model.period_y_nm = 1024.0;
  model.resist.threshold = 0.3;
  for (const double phase : {0.0, 1.2}) {
    SocsKernels set{.name = phase == 0.0 ? "focus" : "defocus", .half_x = 9, .half_y = 9};
    for (const double tilt : {0.0, 3.0, -3.0}) {
      set.weights.push_back(1.0 / 3);
      for (int n = -9; n <= 9; ++n)
        for (int m = -9; m <= 9; ++m) {
          const double r2 = ((m + tilt) * (m + tilt) + n * n) / 64.0;
          set.coefficients.push_back(r2 <= 1.0 ? std::polar(1.0, phase * r2) : 0.0);
        }
    }
    model.conditions.push_back(std::move(set));
  }
  return model;
}

Design two_bars(double dx = 0.0, double dy = 0.0) {
  const auto bar = [&](double x0, double y0, double x1, double y1) {
    return Polygon{{x0 + dx, y0 + dy}, {x1 + dx, y0 + dy}, {x1 + dx, y1 + dy}, {x0 + dx, y1 + dy}};
  };
  return {.polygons = {bar(352, 320, 432, 704), bar(560, 320, 640, 608)},
          .window = {dx, dy, dx + 1024, dy + 1024}};
}

IltSettings quick_settings(const OpticalModel& model, Optimizer optimizer) {
  IltSettings settings{.mask_pixel_nm = 2.0, .start_contrast = 1.0, .start_blur_nm = 30.0,
                       .assist_dose_margin = -1.0};
  settings.levels = {{.coarseness = 8, .iterations = 60, .optimizer = optimizer, .rate = 0.1,
                      .resist_slope = {6, 12}, .band_weight = 1.0},
                     {.coarseness = 4, .iterations = 30, .optimizer = optimizer, .rate = 0.05,
                      .resist_slope = {12, 24}, .band_weight = 1.0}};
  return resolved(settings, model);
}

std::int64_t l2_of(const OpticalModel& model, const Image<std::uint8_t>& mask, const Grid& grid,
                   const Design& design) {
  Image<float> pixels(mask.rows(), mask.cols());
  std::copy(mask.begin(), mask.end(), pixels.begin());
  Simulator<float> simulator(model);
  const Image<float> image = simulator.image(
      simulator.intensity_spectrum(simulator.mask_spectrum(pixels.view()), 0), mask.rows(), mask.cols());
  return l2_pixels(print(image.view(), model.resist.level()).view(),
                   rasterize_binary(design.polygons, grid).view());
}

class CorrectionBy : public testing::TestWithParam<Optimizer> {};

TEST_P(CorrectionBy, PrintsCloserToTheTargetThanTheDrawnMask) {
  const OpticalModel model = low_pass_model();
  const Design design = two_bars();
  const auto engine = make_cpu_engine();
  const Correction result =
      correct(*engine, model, quick_settings(model, GetParam()), {&design, 1}).front();
  const std::int64_t drawn =
      l2_of(model, rasterize_binary(design.polygons, result.grid), result.grid, design);
  EXPECT_LT(l2_of(model, result.mask, result.grid, design), 0.5 * static_cast<double>(drawn));
}

TEST_P(CorrectionBy, LossFallsOverEachLevel) {
  const OpticalModel model = low_pass_model();
  const Design design = two_bars();
  const auto engine = make_cpu_engine();
  IltSettings settings = quick_settings(model, GetParam());
  settings.levels.resize(1);
  settings.levels[0].resist_slope = {30, 30};
  const auto history = correct(*engine, model, settings, {&design, 1}).front().history;
  ASSERT_EQ(history.size(), 60u);
  EXPECT_LT(history.back().loss.total(), 0.5 * history.front().loss.total());
}

INSTANTIATE_TEST_SUITE_P(Optimizers, CorrectionBy, testing::Values(Optimizer::adam, Optimizer::lbfgs),
                         [](const auto& tested) {
                           return tested.param == Optimizer::adam ? "Adam" : "Lbfgs";
                         });

TEST(Correction, OfALayoutMovedAsAWholeIsTheSameMaskMoved) {
  const OpticalModel model = low_pass_model();
  const auto engine = make_cpu_engine();
  const IltSettings settings = quick_settings(model, Optimizer::adam);
  const Design here = two_bars(), there = two_bars(5120.0, -3072.0);
  const Correction a = correct(*engine, model, settings, {&here, 1}).front();
  const Correction b = correct(*engine, model, settings, {&there, 1}).front();
  EXPECT_EQ(a.mask, b.mask);
  EXPECT_EQ(b.grid.origin_x_nm - a.grid.origin_x_nm, 5120.0);
}

TEST(Correction, DoesNotDependOnTheBatch) {
  const OpticalModel model = low_pass_model();
  const auto engine = make_cpu_engine();
  const IltSettings settings = quick_settings(model, Optimizer::adam);
  const std::vector<Design> designs = {two_bars(64, 0), two_bars(), two_bars(0, 96)};
  const Correction alone = correct(*engine, model, settings, {&designs[1], 1}).front();
  EXPECT_EQ(correct(*engine, model, settings, designs)[1].mask, alone.mask);
}

TEST(Correction, FrozenRegionKeepsTheTarget) {
  const OpticalModel model = low_pass_model();
  const auto engine = make_cpu_engine();
  IltSettings settings = quick_settings(model, Optimizer::adam);
  settings.free_margin_nm = 0.0;
  settings.start_blur_nm = 0.0;
  settings.mask_rules = {.minimum_width_nm = 0.0, .minimum_space_nm = 0.0, .minimum_area_nm2 = 0.0,
                         .minimum_hole_area_nm2 = 0.0};
  Design design = two_bars();
  design.window = {256, 256, 768, 768};  // the bars' surroundings; the field reaches 256 nm beyond
  const Correction result = correct(*engine, model, settings, {&design, 1}).front();
  for (int y = 0; y < 100; ++y)
    for (int x = 0; x < result.mask.cols(); ++x) ASSERT_EQ(result.mask(y, x), 0);
}

// Levels that move the edges of a mask that obeys the rules.
IltSettings ruled_settings(const OpticalModel& model) {
  IltSettings settings = quick_settings(model, Optimizer::adam);
  settings.mask_rules = {.minimum_width_nm = 40.0, .minimum_space_nm = 40.0, .minimum_area_nm2 = 1600.0,
                         .minimum_hole_area_nm2 = 1600.0, .convex_radius_nm = 20.0, .concave_radius_nm = 20.0};
  settings.levels[1].edge_band_nm = 24.0;
  settings.levels.push_back(settings.levels[1]);
  return settings;
}

TEST(Correction, ObeysTheRulesAndPrintsBetterThanAMaskCleanedAtTheEnd) {
  const OpticalModel model = low_pass_model();
  const auto engine = make_cpu_engine();
  const Design design = two_bars();
  IltSettings settings = ruled_settings(model);
  const Correction ruled = correct(*engine, model, settings, {&design, 1}).front();
  EXPECT_TRUE(check_mask(BitImage(ruled.mask), ruled.grid, settings.mask_rules).empty());
  for (IltLevel& level : settings.levels) level.edge_band_nm = 0.0;
  const Correction cleaned = correct(*engine, model, settings, {&design, 1}).front();
  EXPECT_LE(l2_of(model, ruled.mask, ruled.grid, design), l2_of(model, cleaned.mask, ruled.grid, design));
}

// Of the optimised field as it is, without the last cleaning: parts and gaps narrower than 24 nm, and specks, away from the
// field's border.
std::size_t broken_places(const OpticalModel& model, const IltSettings& settings, const Design& design) {
  const auto engine = make_cpu_engine();
  const ClipStart clip{design, {}};
  const GreyMask grey = optimize(*engine, model, settings, {&clip, 1}).front();
  const Grid grid = pixel_grid({0, 0, 1024, 1024}, settings.mask_pixel_nm);
  MaskRuleSet rules = settings.mask_rules;
  rules.minimum_width_nm = rules.minimum_space_nm = 24.0;  // pixels, discs and the step since the last look take their part
  rules.convex_radius_nm = rules.concave_radius_nm = 0.0;
  std::size_t count = 0;
  for (const RuleViolation& violation : check_mask(positive_where_resampled(grey.parameters, grid.rows, grid.cols), grid, rules)) {
    const Point& at = violation.place;
    count += std::min(at.x, at.y) > 150.0 && std::max(at.x, at.y) < 874.0;
  }
  return count;
}

// Rules of 40 nm: a level starts with a mask that obeys them, and holds it to them from then on.
TEST(Correction, RulesHoldWithinALevel) {
  const OpticalModel model = low_pass_model();
  for (const int iterations : {11, 41}) {
    std::size_t held = 0, free = 0;
    for (const double closer : {0.0, 15.0, 30.0}) {
      Design design = two_bars();
      for (Point& p : design.polygons[1]) p.x -= closer;
      IltSettings settings = ruled_settings(model);
      IltLevel& last = settings.levels.back();
      last.coarseness = 2, last.iterations = iterations, last.rate = 0.02;
      last.mask_slope = {10, 20}, last.resist_slope = {24, 40};
      held += broken_places(model, settings, design);
      for (IltLevel& level : settings.levels) level.edge_band_nm = 0.0;
      free += broken_places(model, settings, design);
    }
    EXPECT_GT(free, 60u);
    EXPECT_EQ(held, 0u);
  }
}

// Whatever Adam remembers of a field that was another one before.
TEST(Correction, RulesHoldWithinALevelOfShortMemory) {
  const OpticalModel model = low_pass_model();
  for (const double closer : {0.0, 15.0, 30.0}) {
    Design design = two_bars();
    for (Point& p : design.polygons[1]) p.x -= closer;
    IltSettings settings = ruled_settings(model);
    for (IltLevel& level : settings.levels) level.adam_beta1 = 0.7, level.adam_beta2 = 0.9;
    IltLevel& last = settings.levels.back();
    last.coarseness = 2, last.iterations = 41, last.rate = 0.02;
    last.mask_slope = {10, 20}, last.resist_slope = {24, 40};
    EXPECT_EQ(broken_places(model, settings, design), 0u);
    for (IltLevel& level : settings.levels) level.edge_band_nm = 0.0;
    EXPECT_GT(broken_places(model, settings, design), 10u);
  }
}

TEST(Correction, OfASymmetricClipIsSymmetricToTheBit) {
  const OpticalModel model = low_pass_model();
  const auto engine = make_cpu_engine();
  Design design = two_bars();
  const auto bar = [](double x0, double y0, double x1, double y1) {
    return Polygon{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
  };
  design.polygons = {bar(352, 320, 432, 704), bar(592, 320, 672, 704)};
  const Image<std::uint8_t> mask = correct(*engine, model, ruled_settings(model), {&design, 1}).front().mask;
  const int n = mask.rows();
  for (int y = 0; y < n; ++y)
    for (int x = 0; x < n; ++x) {
      ASSERT_EQ(mask(y, x), mask(y, n - 1 - x));
      ASSERT_EQ(mask(y, x), mask(n - 1 - y, x));
    }
}

TEST(Correction, NothingPrintsApartFromTheDrawnShapes) {
  const OpticalModel model = low_pass_model();
  const auto engine = make_cpu_engine();
  const Design design = two_bars();
  IltSettings settings = quick_settings(model, Optimizer::adam);
  settings.assist_dose_margin = 0.1;
  const Correction result = correct(*engine, model, settings, {&design, 1}).front();
  Simulator<float> simulator(model);
  EXPECT_TRUE(printed_assists(model, simulator, simulator.mask_spectrum(result.mask.view()),
                              BitImage(rasterize_binary(design.polygons, result.grid)), result.grid, 1.1).empty());
}

TEST(Correction, AssistFeaturesStayWithinTheirReach) {
  const OpticalModel model = low_pass_model();
  const auto engine = make_cpu_engine();
  const Design design = two_bars();
  IltSettings settings = quick_settings(model, Optimizer::adam);
  settings.assist_reach_nm = 150.0;
  const Correction result = correct(*engine, model, settings, {&design, 1}).front();
  const Image<float> far = squared_distance(BitImage(rasterize_binary(design.polygons, result.grid)));
  for (std::size_t i = 0; i < far.size(); ++i)
    if (std::sqrt(far.data()[i]) * 2.0 > 150.0 + 2.0 * 8 * 2.0) {
      ASSERT_EQ(result.mask.data()[i], 0);
    }
}

TEST(Correction, StopsWhenAsked) {
  const OpticalModel model = low_pass_model();
  const auto engine = make_cpu_engine();
  const Design design = two_bars();
  const Correction result = correct(*engine, model, quick_settings(model, Optimizer::adam),
                                    {&design, 1}, [](double done) { return done < 0.1; })
                                .front();
  EXPECT_LT(result.history.size(), 15u);
  EXPECT_EQ(result.mask.rows(), 512);
}

TEST(Correction, EmptyClipAndClipLargerThanTheTileAreRefused) {
  const OpticalModel model = low_pass_model();
  const auto engine = make_cpu_engine();
  const IltSettings settings = quick_settings(model, Optimizer::adam);
  Design design = two_bars();
  design.window.x1 = 1400;
  EXPECT_THROW(correct(*engine, model, settings, {&design, 1}), Error);
  design = {.window = {0, 0, 1024, 1024}};
  EXPECT_THROW(correct(*engine, model, settings, {&design, 1}), Error);
}

}  // namespace
}  // namespace reticle
