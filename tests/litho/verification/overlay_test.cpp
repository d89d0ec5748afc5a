// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/overlay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <random>

#include "litho/geometry/polygon_area.h"
#include "litho/geometry/rings.h"
#include "litho/verification/print_outline.h"

namespace reticle {
namespace {

using Rings = std::vector<Polygon>;

Polygon box(double x0, double y0, double x1, double y1) { return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}; }
Polygon hole(double x0, double y0, double x1, double y1) { return {{x0, y0}, {x0, y1}, {x1, y1}, {x1, y0}}; }

// Sums of waves no shorter than 60 nm over a period of 480 nm, sampled at 4.0-odd nm.
struct Waves {
  std::vector<std::array<double, 4>> terms;  // fx, fy in periods, amplitude, phase
  explicit Waves(unsigned seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < 40; ++i) {
      const double fx = static_cast<double>(random() % 11) - 5, fy = static_cast<double>(random() % 11) - 5;
      terms.push_back({fx, fy, 0.05 * static_cast<double>(random() % 100) / 100, 0.01 * static_cast<double>(random() % 628)});
    }
  }
  double operator()(double x, double y) const {
    double sum = 0.0;
    for (const auto& [fx, fy, a, phase] : terms)
      sum += a * std::cos(2 * std::numbers::pi * (fx * x + fy * y) / 480 + phase);
    return sum;
  }
  SampledImage sampled() const {
    Image<float> samples(140, 140);
    const Point first{-31.3, -30.9}, pitch{3.9, 3.9};
    for (int y = 0; y < 140; ++y)
      for (int x = 0; x < 140; ++x)
        samples(y, x) = static_cast<float>((*this)(first.x + x * pitch.x, first.y + y * pitch.y));
    return SampledImage(std::move(samples), first, pitch);
  }
};

TEST(SampledImage, GivesValuesAndSlopesBetweenSamples) {
  const Waves waves(3);
  const SampledImage image = waves.sampled();
  for (double x = 0; x < 470; x += 7.3) {
    const double y = 480 - x;
    EXPECT_NEAR(image.value({x, y}), waves(x, y), 2e-6);  // float samples, 15 a wave
    const Point slope = image.value_and_slope({x, y}).slope;
    EXPECT_NEAR(slope.x, (waves(x + 1e-4, y) - waves(x - 1e-4, y)) / 2e-4, 1e-6);
    EXPECT_NEAR(slope.y, (waves(x, y + 1e-4) - waves(x, y - 1e-4)) / 2e-4, 1e-6);
  }
}

// The contour of R^2 - r^2, of which polynomials of degree two know everything.
TEST(PrintOutline, OfADiscIsACircle) {
  constexpr double radius = 41.7;
  Image<float> samples(60, 60);
  for (int y = 0; y < 60; ++y)
    for (int x = 0; x < 60; ++x)
      samples(y, x) = static_cast<float>(radius * radius - std::pow(4 * x - 117.3, 2) - std::pow(4 * y - 120.9, 2));
  const SampledImage image(std::move(samples), {0, 0}, {4, 4});
  const Rings rings = print_outline({.image = &image}, {0, 0, 236, 236});
  ASSERT_EQ(rings.size(), 1u);
  const double area = std::numbers::pi * radius * radius;
  EXPECT_NEAR(signed_area(rings[0]), area, 2.0 / 3.0 * 0.004 * 2 * std::numbers::pi * radius);
  for (const Point& p : rings[0]) EXPECT_NEAR(std::hypot(p.x - 117.3, p.y - 120.9), radius, 1e-4);
  const Rings outside = print_outline({.image = &image, .sign = -1.0}, {0, 0, 236, 236});
  ASSERT_EQ(outside.size(), 2u);
  EXPECT_NEAR(std::min(signed_area(outside[0]), signed_area(outside[1])), -area, 1.0);
  const ContourDistance found = distance_to_contour({.image = &image}, {117.3 + 30, 120.9}, {1, 0}, 60);
  EXPECT_TRUE(found.found);
  EXPECT_NEAR(found.nm, radius - 30, 1e-4);
  EXPECT_NEAR(distance_to_contour({.image = &image}, {117.3, 120.9 + 50}, {0, 1}, 60).nm, radius - 50, 1e-4);
}

TEST(Overlay, AreasAreThoseOfCountedPoints) {
  for (unsigned seed = 1; seed <= 2; ++seed) {
    const Waves waves(seed);
    const SampledImage image = waves.sampled();
    const Rings printed = print_outline({.image = &image, .threshold = 0.02}, {-20, -20, 500, 500});
    const Rings target = {box(20, 30, 250, 110), box(300, 0, 360, 470), box(40, 200, 240, 460), hole(90, 250, 200, 400),
                          box(395, 300, 470, 375)};
    const Overlay overlay(printed, target);
    double only_printed = 0.0, only_target = 0.0;
    constexpr double step = 1.0;
    for (double y = -20 + step / 2; y < 500; y += step)
      for (double x = -20 + step / 2; x < 500; x += step) {
        const bool p = waves(x, y) >= 0.02, t = is_inside(target, {x, y});
        only_printed += (p && !t) * step * step;
        only_target += (t && !p) * step * step;
      }
    // Counting errs by about half a step over the square root of the points on the outlines; the
    // outline's end at the box by up to a pitch.
    EXPECT_NEAR(overlay.only_b_nm2(), only_target, 80) << seed;
    double regions = 0.0, others = 0.0;
    for (const OverlayRegion& region : overlay.only_a()) regions += region.area_nm2;
    for (const OverlayRegion& region : overlay.only_b()) others += region.area_nm2;
    EXPECT_NEAR(regions, overlay.only_a_nm2(), 1e-6 * only_printed) << seed;
    EXPECT_NEAR(others, overlay.only_b_nm2(), 1e-6 * only_target) << seed;
    EXPECT_NEAR(overlay.only_a_nm2(), only_printed, 0.02 * only_printed) << seed;
  }
}

TEST(Overlay, RegionsKnowWhatBoundsThem) {
  // A bar that lies over two boxes and fills a hole of a third.
  const Rings bar = {box(-0.5, 40.25, 300.5, 59.75)};
  const Rings boxes = {box(0, 0, 50, 100), box(100, 0, 150, 100), box(200, 0, 280, 100), hole(210.5, 41.5, 269.5, 58.5)};
  const auto over = Overlay(bar, boxes).only_a();
  // Left of the first, between each, right of the last, and the hole.
  ASSERT_EQ(over.size(), 5u);
  double area = 0.0;
  int bridges = 0, filled = 0;
  for (const OverlayRegion& region : over) {
    area += region.area_nm2;
    bridges += region.other.size() == 2 && region.own.size() == 2;
    filled += region.own.empty() && region.other.size() == 1;
  }
  EXPECT_NEAR(area, 301 * 19.5 - (50 + 50 + 80) * 19.5 + 59 * 17, 1e-9);
  EXPECT_EQ(bridges, 2);
  EXPECT_EQ(filled, 1);
  const auto under = Overlay(bar, boxes).only_b();
  ASSERT_EQ(under.size(), 6u);  // above and below in each of the boxes
}

TEST(RingsOf, CutsOfHolesAreNoOutline) {
  // A square ring as merged polygons come: the hole joined to the outline by a cut.
  const Polygon ring = {{0, 0}, {100, 0}, {100, 100}, {0, 100}, {0, 50}, {30, 50}, {30, 70}, {70, 70}, {70, 30}, {30, 30}, {30, 50}, {0, 50}};
  const Rings rings = rings_of({&ring, 1});
  ASSERT_EQ(rings.size(), 2u);
  EXPECT_EQ(rings[0].size(), 4u);
  EXPECT_EQ(rings[1].size(), 4u);
  EXPECT_DOUBLE_EQ(signed_area(rings[0]) + signed_area(rings[1]), 100 * 100 - 40 * 40);
  // Two halves that meet, clockwise and not, are one shape; two that touch at a corner are two.
  const Rings halves = {box(0, 0, 50, 50), hole(50, 0, 90, 50)};
  ASSERT_EQ(rings_of(halves).size(), 1u);
  EXPECT_EQ(rings_of(halves)[0].size(), 4u);
  EXPECT_EQ(rings_of(Rings{box(0, 0, 50, 50), box(50, 50, 90, 90)}).size(), 2u);
}

}  // namespace
}  // namespace reticle
