// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/fewest_corners.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "kernels/base/error.h"
#include "litho/geometry/contour.h"
#include "litho/geometry/polygon_area.h"
#include "litho/geometry/simplify.h"
#include "tests/litho/geometry/ring_distance.h"

namespace reticle {
namespace {

using test::distance;
using test::k_nowhere;

// The farthest of points spread along one ring from the other.
double farthest(const Polygon& from, const Polygon& to) {
  double most = 0.0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Point &a = from[i], &b = from[(i + 1) % from.size()];
    for (int k = 0; k < 8; ++k) most = std::max(most, distance({a.x + (b.x - a.x) * k / 8, a.y + (b.y - a.y) * k / 8}, to));
  }
  return most;
}

// A smooth blob of random shape on pixels of 1 nm.
Polygon blob(unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> phase(0.0, 2 * std::numbers::pi);
  const double a = phase(random), b = phase(random);
  Image<std::uint8_t> pixels(160, 160);
  for (int y = 0; y < 160; ++y)
    for (int x = 0; x < 160; ++x) {
      const double t = std::atan2(y - 79.7, x - 80.2);
      pixels(y, x) = std::hypot(y - 79.7, x - 80.2) < 50 + 12 * std::cos(2 * t + a) + 6 * std::cos(3 * t + b) ? 1 : 0;
    }
  return trace_pixels(pixels.view(), {160, 160, 1.0, 0.0, 0.0}).front();
}

TEST(FewestCorners, KeepWithinTheToleranceBothWays) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const Polygon ring = blob(seed), few = fewest_corners(ring, 1.0, k_nowhere);
    EXPECT_LE(farthest(ring, few), 1.0 + 1e-6) << seed;
    EXPECT_LE(farthest(few, ring), 1.0 + 1e-6) << seed;
  }
}

TEST(FewestCorners, AreFewerThanHalvingLeaves) {
  std::size_t halved = 0, few = 0;
  double area = 0.0, left = 0.0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    const Polygon ring = blob(seed), outline = fewest_corners(ring, 1.0, k_nowhere);
    halved += simplify(ring, 1.0, k_nowhere).size();
    few += outline.size();
    area += signed_area(ring), left += signed_area(outline);
  }
  EXPECT_LT(1.2 * static_cast<double>(few), static_cast<double>(halved));
  EXPECT_NEAR(left / area, 1.0, 2e-3);  // a twentieth of the tolerance along all edges
}

// Chords of a circle of radius r that keep within t of it span 2 acos(1 - t / r).
TEST(FewestCorners, AreThoseOfACircleByItsSagitta) {
  Polygon ring;
  for (int i = 0; i < 720; ++i) {
    const double t = 2 * std::numbers::pi * i / 720;
    ring.push_back({200 * std::cos(t), 200 * std::sin(t)});
  }
  const double least = std::numbers::pi / std::acos(1.0 - 1.0 / 200);
  const auto count = static_cast<double>(fewest_corners(ring, 1.0, k_nowhere).size());
  EXPECT_GE(count, least);
  EXPECT_LE(count, least + 3.0);  // two corners are given, and edges end at the ring's corners
}

TEST(FewestCorners, DoNotDependOnWhereTheRingBegins) {
  Polygon ring = blob(3);
  const Polygon few = fewest_corners(ring, 1.0, k_nowhere);
  std::rotate(ring.begin(), ring.begin() + 77, ring.end());
  EXPECT_EQ(fewest_corners(ring, 1.0, k_nowhere), few);
}

TEST(FewestCorners, OnTheBoxStay) {
  const Polygon ring{{0, 0}, {10, 0}, {10, 4.9}, {9.9, 5}, {10, 5.1}, {10, 10}, {0, 10}};
  EXPECT_EQ(fewest_corners(ring, 1.0, k_nowhere).size(), 4u);
  EXPECT_EQ(fewest_corners(ring, 1.0, {-5, -5, 10, 20}).size(), 6u);
}

TEST(FewestCorners, LeaveNothingOfWhatIsThinnerThanTheTolerance) {
  EXPECT_TRUE(fewest_corners({{0, 0}, {10, 0.1}, {20, 0}}, 1.0, k_nowhere).empty());
  EXPECT_THROW(fewest_corners({{0, 0}, {1, 0}, {0, 1}}, -1.0, k_nowhere), Error);
}

}  // namespace
}  // namespace reticle
