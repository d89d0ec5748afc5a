// SPDX-License-Identifier: Apache-2.0
// Process windows of limits known in closed form.
#include "litho/metrology/exposure_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/base/error.h"

namespace reticle {
namespace {

// Limits 1 +- (b - c f^2): the rectangle over |f| <= w has latitude 2 (b - c w^2); the tallest area is
// at w^2 = b / 3c.
TEST(ExposureWindow, LargestRectangleUnderAParabola) {
  const double b = 0.1, c = 0.1 / (100.0 * 100.0);
  std::vector<FocusSlice> slices;
  for (int f = -120; f <= 120; f += 2) slices.push_back({double(f), 1.0 - (b - c * f * f), 1.0 + (b - c * f * f)});
  const WindowReport report = measure_window({&slices, 1}, 0.1);
  EXPECT_NEAR(report.exposure_latitude, 0.2, 1e-12);
  EXPECT_NEAR(report.best_focus_nm, 0.0, 1e-12);
  const double w = std::sqrt(b / (3.0 * c));
  EXPECT_NEAR(report.rectangle.depth_nm, 2.0 * w, 4.0);
  EXPECT_NEAR(report.rectangle.area(), 2.0 * w * 2.0 * (b - c * w * w), 1e-3 * report.rectangle.area());
  // 10 % latitude: b - c w^2 = 0.05.
  EXPECT_NEAR(report.rectangle_depth_nm, 2.0 * std::sqrt(0.05 / c), 1.0);
}

// Between straight limits of half height a everywhere, an ellipse is as tall as the rectangle.
TEST(ExposureWindow, LargestEllipseInAStraightBandAndADiamond) {
  const std::vector<FocusSlice> band = {{-50.0, 0.9, 1.1}, {50.0, 0.9, 1.1}};
  const WindowReport straight = measure_window({&band, 1}, 0.05);
  EXPECT_NEAR(straight.ellipse.depth_nm, 100.0, 1e-9);
  EXPECT_NEAR(straight.ellipse.latitude, 0.2, 1e-6);
  // |E - 1| <= 0.1 (1 - |f| / 50): an ellipse of semi-axes p 50, q 0.1 touches where p^2 + q^2 = 1.
  std::vector<FocusSlice> diamond;
  for (int f = -50; f <= 50; ++f)
    diamond.push_back({double(f), 0.9 + 0.1 * std::abs(f) / 50.0, 1.1 - 0.1 * std::abs(f) / 50.0});
  const WindowReport report = measure_window({&diamond, 1}, 0.1);
  EXPECT_NEAR(report.ellipse.area(), 100.0 * 0.2 * 0.5, 0.01 * 10.0);
  EXPECT_NEAR(report.ellipse.depth_nm / 100.0, std::numbers::sqrt2 / 2.0, 0.05);
  EXPECT_NEAR(report.ellipse_depth_nm / 100.0, std::sqrt(1.0 - 0.25), 0.02);
  EXPECT_NEAR(report.rectangle.area(), 100.0 * 0.2 * 0.25, 0.005 * 10.0);
}

TEST(ExposureWindow, EmptyAndSingleFocusWindows) {
  const std::vector<FocusSlice> crossed = {{0.0, 1.1, 0.9}}, one = {{0.0, 0.95, 1.05}};
  const WindowReport empty = measure_window({&crossed, 1}, 0.05);
  EXPECT_EQ(empty.exposure_latitude, 0.0);
  EXPECT_EQ(empty.rectangle.area(), 0.0);
  const WindowReport single = measure_window({&one, 1}, 0.05);
  EXPECT_NEAR(single.exposure_latitude, 0.1, 1e-12);
  EXPECT_EQ(single.rectangle_depth_nm, 0.0);
}

// Three coherent beams, I(x) = |a + 2 b cos(k x) exp(i phase)|^2, whose phase grows with focus: the exposure
// that puts an edge at x is threshold / I(x).
FocusSlice three_beams(double focus_nm, double narrow_nm, double wide_nm, double best_focus_nm) {
  constexpr double pitch_nm = 240.0, wavelength_nm = 193.0, threshold = 0.3, a = 0.5, b = 0.318;
  const double axial = 1.0 / wavelength_nm - std::sqrt(1.0 / (wavelength_nm * wavelength_nm) - 1.0 / (pitch_nm * pitch_nm));
  const double phase = 2.0 * std::numbers::pi * axial * (focus_nm - best_focus_nm);
  const auto exposure = [&](double cd_nm) {
    const double c = 2.0 * b * std::cos(std::numbers::pi * cd_nm / pitch_nm);
    return threshold / (a * a + c * c + 2.0 * a * c * std::cos(phase));
  };
  return {focus_nm, exposure(narrow_nm), exposure(wide_nm)};
}

std::vector<FocusSlice> planes(int count, double range_nm, double narrow_nm, double wide_nm, double best_focus_nm = 0.0) {
  std::vector<FocusSlice> slices;
  for (int i = 0; i < count; ++i)
    slices.push_back(three_beams(range_nm * (i / (count - 1.0) - 0.5), narrow_nm, wide_nm, best_focus_nm));
  return slices;
}

// The largest rectangle, by trying all of them on the closed form.
WindowShape largest_rectangle(double range_nm, double narrow_nm, double wide_nm) {
  WindowShape best;
  for (double half = 0.0; half <= 0.5 * range_nm; half += 0.01) {
    const FocusSlice middle = three_beams(0.0, narrow_nm, wide_nm, 0.0), end = three_beams(half, narrow_nm, wide_nm, 0.0);
    const double low = std::max(middle.low, end.low), high = std::min(middle.high, end.high), centre = 0.5 * (low + high);
    const WindowShape shape{0.0, centre, 2.0 * half, std::max(high - low, 0.0) / centre};
    if (shape.area() > best.area()) best = shape;
  }
  return best;
}

// The tolerances are those stated for five planes; straight lines between them miss
// the area by 10 % and the depth by 24 %.
TEST(ExposureWindow, FivePlanesOfFocusAgreeWithTwentyOneAndWithTheClosedForm) {
  const double range = 280.0, narrow = 120.0, wide = 140.0;
  const std::vector<FocusSlice> few = planes(5, range, narrow, wide), many = planes(21, range, narrow, wide);
  const WindowReport coarse = measure_window({&few, 1}, 0.05), fine = measure_window({&many, 1}, 0.05);
  const WindowShape exact = largest_rectangle(range, narrow, wide);
  for (const WindowReport& report : {coarse, fine}) {
    EXPECT_NEAR(report.rectangle.area(), exact.area(), 0.01 * exact.area());
    EXPECT_NEAR(report.rectangle.depth_nm, exact.depth_nm, 0.02 * exact.depth_nm);
    EXPECT_NEAR(report.rectangle.latitude, exact.latitude, 0.02 * exact.latitude);
  }
  EXPECT_NEAR(coarse.ellipse.area(), fine.ellipse.area(), 0.01 * fine.ellipse.area());
  EXPECT_NEAR(coarse.ellipse.depth_nm, fine.ellipse.depth_nm, 0.02 * fine.ellipse.depth_nm);
  EXPECT_NEAR(coarse.rectangle_depth_nm, fine.rectangle_depth_nm, 0.01 * fine.rectangle_depth_nm);
  EXPECT_NEAR(coarse.ellipse_depth_nm, fine.ellipse_depth_nm, 0.01 * fine.ellipse_depth_nm);
}

// Best focuses apart: the common limit has corners, which interpolating it would round off.
TEST(ExposureWindow, CornersOfSeveralGaugesAreKept) {
  const double range = 280.0;
  const auto window = [&](int count) {
    return measure_window(std::vector{planes(count, range, 120.0, 140.0, -30.0), planes(count, range, 118.0, 139.0, 30.0)}, 0.03);
  };
  const WindowReport few = window(5), many = window(21);
  EXPECT_NEAR(few.rectangle.area(), many.rectangle.area(), 0.01 * many.rectangle.area());
  EXPECT_NEAR(few.rectangle_depth_nm, many.rectangle_depth_nm, 0.02 * many.rectangle_depth_nm);
  EXPECT_NEAR(few.best_focus_nm, many.best_focus_nm, 0.02 * range);
}

// A plane where the feature is lost does not bend the limits of the planes around it.
TEST(ExposureWindow, LostFeaturesDoNotMakeARoomierWindow) {
  std::vector<FocusSlice> slices;
  for (int i = -3; i <= 3; ++i) slices.push_back({40.0 * i, 0.9, 1.1});
  slices.front() = {-120.0, k_exposure_reach, k_exposure_reach};
  const WindowReport report = measure_window({&slices, 1}, 0.05);
  EXPECT_LE(report.exposure_latitude, 0.2 + 1e-9);
  EXPECT_NEAR(report.rectangle.depth_nm, 200.0, 6.0);  // a step of depth, 240 nm / 40
}

// A bright line whose tone defocus reverses twice: what is bright again beyond is no part of the window.
TEST(ExposureWindow, EndsWhereDefocusReversesTheTone) {
  const Box field{0.0, 0.0, 200.0, 200.0};
  std::vector<GaugeProfile> profiles;
  std::vector<double> focuses;
  for (const double amplitude : {0.2, -0.1, 0.3, 0.4, 0.3, -0.1, 0.2}) {
    Spectrum<double> image(1, 0);
    image.at(0, 0) = 0.45;
    image.at(1, 0) = image.at(-1, 0) = 0.5 * amplitude;
    profiles.emplace_back(image, field, ResistModel{.threshold = 0.4}, Gauge{.name = "line", .from = {-90.0, 0.0}, .to = {90.0, 0.0}});
    focuses.push_back(100.0 * (static_cast<double>(focuses.size()) - 3.0));
  }
  std::vector<const GaugeProfile*> through_focus;
  for (const GaugeProfile& profile : profiles) through_focus.push_back(&profile);
  const auto slices = limits_through_focus(focuses, through_focus, 3, Tone::bright, 95.0, 120.0);
  const auto is_open = [&](std::size_t i) { return slices[i].low < slices[i].high; };
  EXPECT_TRUE(is_open(2) && is_open(3) && is_open(4));
  for (const std::size_t i : {0, 1, 5, 6}) EXPECT_FALSE(is_open(i)) << focuses[i];
  EXPECT_EQ(slices[6].focus_nm, 300.0);
  EXPECT_LE(measure_window({&slices, 1}, 0.01).rectangle.depth_nm, 400.0);
}

}  // namespace
}  // namespace reticle
