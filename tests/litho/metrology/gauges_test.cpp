// SPDX-License-Identifier: Apache-2.0
// Gauges on images whose edges are known in closed form.
#include "litho/metrology/gauges.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "kernels/base/error.h"
#include "litho/imaging/simulator.h"
#include "litho/metrology/exposure_window.h"
#include "litho/metrology/resist_fit.h"

namespace reticle {
namespace {

constexpr double k_pitch = 150.0;
constexpr Box k_field{0.0, 0.0, k_pitch, 400.0};

// I = mean + amplitude cos(2 pi (x - 50) / pitch): bright about x = 50.
Spectrum<double> cosine(double mean, double amplitude) {
  Spectrum<double> image(2, 1);
  image.at(0, 0) = mean;
  image.at(1, 0) = std::polar(0.5 * amplitude, -2.0 * std::numbers::pi * 50.0 / k_pitch);
  image.at(-1, 0) = std::conj(image.at(1, 0));
  return image;
}

double width_at(double level, double mean, double amplitude) {
  return k_pitch / std::numbers::pi * std::acos((level - mean) / amplitude);
}

Gauge across(double centre, double y = 30.0) {
  return {.name = "g", .from = {centre - 70.0, y}, .to = {centre + 70.0, y}};
}

TEST(GaugeProfile, ReadsWidthSlopeAndContrastOfACosine) {
  const Spectrum<double> image = cosine(0.5, 0.4);
  const ResistModel resist{.threshold = 0.3};
  // Off its middle too: the edges are where they are.
  for (const double centre : {50.0, 47.3}) {
    const GaugeProfile profile(image, k_field, resist, across(centre));
    EXPECT_EQ(profile.tone(), Tone::bright);
    const GaugeReading reading = profile.read(Tone::bright);
    const double cd = width_at(0.3, 0.5, 0.4);
    EXPECT_EQ(reading.status, GaugeStatus::measured);
    EXPECT_NEAR(reading.cd_nm, cd, 1e-8);
    const double slope = 0.4 * 2.0 * std::numbers::pi / k_pitch * std::sin(std::numbers::pi * cd / k_pitch);
    EXPECT_NEAR(reading.log_slope_per_nm, slope / 0.3, 1e-9);
    EXPECT_NEAR(reading.nils, cd * slope / 0.3, 1e-6);
  }
  const GaugeProfile profile(image, k_field, resist, across(50.0));
  const double darkest = 0.5 + 0.4 * std::cos(2.0 * std::numbers::pi * 70.0 / k_pitch);
  EXPECT_NEAR(profile.contrast(), (0.9 - darkest) / (0.9 + darkest), 1e-12);
}

TEST(GaugeProfile, ReadsObliqueCutsByTheirGeometry) {
  const Spectrum<double> image = cosine(0.5, 0.4);
  const Gauge slanted{.name = "s", .from = {50.0 - 60.0, 140.0}, .to = {50.0 + 60.0, 260.0}};
  const GaugeProfile profile(image, k_field, {.threshold = 0.3}, slanted);
  EXPECT_NEAR(profile.read(Tone::bright).cd_nm, std::numbers::sqrt2 * width_at(0.3, 0.5, 0.4), 1e-8);
}

TEST(GaugeProfile, DarkFeaturesAndExposure) {
  const Spectrum<double> image = cosine(0.5, 0.4);
  const GaugeProfile space(image, k_field, {.threshold = 0.3}, across(125.0));
  EXPECT_EQ(space.tone(), Tone::dark);
  EXPECT_NEAR(space.read(Tone::dark).cd_nm, k_pitch - width_at(0.3, 0.5, 0.4), 1e-8);
  EXPECT_NEAR(space.read(Tone::dark, 1.25).cd_nm, k_pitch - width_at(0.24, 0.5, 0.4), 1e-8);
}

TEST(GaugeProfile, WhatIsNotThereIsSaid) {
  const Spectrum<double> image = cosine(0.5, 0.4);
  const GaugeProfile line(image, k_field, {.threshold = 0.3}, across(50.0));
  const GaugeReading lost = line.read(Tone::bright, 0.3);  // level 1, above all light
  EXPECT_EQ(lost.status, GaugeStatus::lost);
  EXPECT_EQ(lost.cd_nm, 0.0);
  EXPECT_EQ(lost.nils, 0.0);
  const GaugeReading merged = line.read(Tone::bright, 10.0);  // level 0.03, below all light
  EXPECT_EQ(merged.status, GaugeStatus::unbounded);
  EXPECT_TRUE(std::isfinite(merged.cd_nm));
  const Spectrum<double> flat = cosine(0.5, 0.0);
  const GaugeProfile nothing(flat, k_field, {.threshold = 0.3}, across(50.0));
  EXPECT_EQ(nothing.read(nothing.tone()).status, GaugeStatus::unbounded);
}

TEST(GaugeProfile, CompactResistIsTheSumOfItsTerms) {
  const Spectrum<double> image = cosine(0.5, 0.4);
  const ResistModel resist{.threshold = 0.3, .diffusion_nm = 12.0, .slope_nm = 5.0, .density = 0.2,
                           .density_range_nm = 60.0};
  const GaugeProfile profile(image, k_field, resist, across(50.0));
  const double k = 2.0 * std::numbers::pi / k_pitch;
  const double near = 0.4 * std::exp(-0.5 * k * k * 144.0), wide = 0.4 * std::exp(-0.5 * k * k * 3600.0);
  for (const double s : {10.0, 33.0, 70.0, 101.0}) {
    const double x = s - 70.0;
    const double expected = 0.5 + near * std::cos(k * x) + 0.2 * (0.5 + wide * std::cos(k * x)) +
                            5.0 * near * k * std::abs(std::sin(k * x));
    EXPECT_NEAR(profile.resist_at(s), expected, 1e-12);
  }
  Spectrum<double> exposed = image;
  EXPECT_THROW(expose(exposed, k_pitch, 400.0, resist), Error);
}

TEST(Gauge, WhatMakesNoSenseIsNamed) {
  const Box window{0.0, 0.0, 1000.0, 500.0};
  const auto message = [&](const Gauge& gauge) {
    try {
      validate(gauge, window);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message({.name = "ok", .from = {10, 10}, .to = {90, 10}, .cd_nm = 40}), "");
  EXPECT_NE(message({.name = "far", .from = {10, 10}, .to = {1090, 10}}).find("'far'"), std::string::npos);
  EXPECT_NE(message({.name = "far", .from = {10, 10}, .to = {1090, 10}}).find("outside the layout"),
            std::string::npos);
  EXPECT_NE(message({.name = "dot", .from = {10, 10}, .to = {10, 10}}).find("same point"), std::string::npos);
  EXPECT_NE(message({.name = "big", .from = {10, 10}, .to = {50, 10}, .cd_nm = 60}).find("fit its length"),
            std::string::npos);
}

TEST(ExposureLimits, FollowFromTheImage) {
  const Spectrum<double> image = cosine(0.5, 0.4);
  const ResistModel resist{.threshold = 0.3};
  const auto exposure_of = [&](double cd) {
    return 0.3 / (0.5 + 0.4 * std::cos(std::numbers::pi * cd / k_pitch));
  };
  const GaugeProfile line(image, k_field, resist, across(50.0));
  const FocusSlice bright = exposure_limits(line, Tone::bright, 72.0, 88.0);
  EXPECT_NEAR(bright.low, exposure_of(72.0), 1e-9);
  EXPECT_NEAR(bright.high, exposure_of(88.0), 1e-9);
  EXPECT_NEAR(exposure_to_size(line, Tone::bright, 80.0), exposure_of(80.0), 1e-9);
  const GaugeProfile space(image, k_field, resist, across(125.0));
  const FocusSlice dark = exposure_limits(space, Tone::dark, k_pitch - 88.0, k_pitch - 72.0);
  EXPECT_NEAR(dark.low, bright.low, 1e-9);
  EXPECT_NEAR(dark.high, bright.high, 1e-9);
}

// Lines of several pitches under one resist: their widths give the resist back.
class ResistFitTest : public testing::Test {
 protected:
  std::vector<GaugeMeasurement> measured_with(const ResistModel& truth) {
    std::vector<GaugeMeasurement> measurements;
    images_.clear();
    images_.reserve(9);
    for (int i = 0; i < 9; ++i) {
      const double pitch = 90.0 + 25.0 * i;
      Spectrum<double> image(2, 1);
      image.at(0, 0) = 0.35 + 0.02 * (i % 3);
      image.at(1, 0) = image.at(-1, 0) = 0.5 * (0.3 + 0.01 * i);
      image.at(2, 0) = image.at(-2, 0) = 0.5 * 0.05;
      images_.push_back(image);
      Gauge gauge{.name = std::to_string(i), .from = {-0.48 * pitch, 5.0}, .to = {0.48 * pitch, 5.0}};
      const Box field{0.0, 0.0, pitch, 100.0};
      gauge.cd_nm = GaugeProfile(images_.back(), field, truth, gauge).read(Tone::bright).cd_nm;
      measurements.push_back({gauge, &images_.back(), field});
    }
    return measurements;
  }
  std::vector<Spectrum<double>> images_;
};

TEST_F(ResistFitTest, FindsTheResistThatMadeTheWidths) {
  const ResistModel truth{.threshold = 0.31, .diffusion_nm = 8.0, .slope_nm = -3.0, .density = 0.12,
                          .density_range_nm = 50.0};
  const std::vector<ResistTerm> all = {ResistTerm::threshold, ResistTerm::diffusion, ResistTerm::slope,
                                       ResistTerm::density};
  const auto measurements = measured_with(truth);
  const ResistFit fit = fit_resist(measurements, {.threshold = 0.25, .density_range_nm = 50.0}, all);
  EXPECT_LT(fit.rms_nm, 1e-4);
  EXPECT_NEAR(fit.resist.threshold, truth.threshold, 1e-4);
  EXPECT_NEAR(fit.resist.diffusion_nm, truth.diffusion_nm, 1e-2);
  EXPECT_NEAR(fit.resist.slope_nm, truth.slope_nm, 1e-2);
  EXPECT_NEAR(fit.resist.density, truth.density, 1e-3);
  EXPECT_GT(fit.start_rms_nm, 1.0);
}

TEST_F(ResistFitTest, TooLittleToGoByIsAnError) {
  auto measurements = measured_with({.threshold = 0.3});
  const std::vector<ResistTerm> density = {ResistTerm::threshold, ResistTerm::density};
  EXPECT_THROW(fit_resist(measurements, {}, density), Error);
  const std::vector<ResistTerm> two = {ResistTerm::threshold, ResistTerm::diffusion};
  EXPECT_THROW(fit_resist(std::span(measurements).first(1), {}, two), Error);
  measurements[3].gauge.cd_nm = 0.0;
  EXPECT_THROW(fit_resist(measurements, {}, two), Error);
}

}  // namespace
}  // namespace reticle
