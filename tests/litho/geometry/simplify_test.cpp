// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/simplify.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/polygon_area.h"
#include "tests/litho/geometry/ring_distance.h"

namespace reticle {
namespace {

using test::distance;
using test::k_nowhere;

Polygon wavy(unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> noise(-1.0, 1.0);
  Polygon ring;
  for (int i = 0; i < 400; ++i) {
    const double t = 2 * std::numbers::pi * i / 400, r = 100 + 20 * std::cos(5 * t) + noise(random);
    ring.push_back({r * std::cos(t), r * std::sin(t)});
  }
  return ring;
}

TEST(SimplifiedOutline, KeepsWithinTheTolerance) {
  for (const double tolerance : {0.5, 2.0, 5.0}) {
    const Polygon ring = wavy(3), simple = simplify(ring, tolerance, k_nowhere);
    EXPECT_LT(simple.size(), ring.size());
    for (const Point& p : ring) EXPECT_LE(distance(p, simple), tolerance + 1e-9);
  }
}

TEST(SimplifiedOutline, DoesNotDependOnWhereTheRingBegins) {
  Polygon ring = wavy(4);
  const Polygon simple = simplify(ring, 2.0, k_nowhere);
  std::rotate(ring.begin(), ring.begin() + 123, ring.end());
  const Polygon again = simplify(ring, 2.0, k_nowhere);
  ASSERT_EQ(again.size(), simple.size());
  for (std::size_t i = 0; i < simple.size(); ++i) EXPECT_EQ(again[i].x, simple[i].x);
}

TEST(SimplifiedOutline, CornersOnTheBoxStay) {
  const Polygon ring{{0, 0}, {10, 0}, {10, 4.9}, {9.9, 5}, {10, 5.1}, {10, 10}, {0, 10}};
  EXPECT_EQ(simplify(ring, 1.0, k_nowhere).size(), 4u);
  EXPECT_EQ(simplify(ring, 1.0, {-5, -5, 10, 20}).size(), 6u);
}

TEST(SimplifiedOutline, NothingIsLeftOfWhatIsThinnerThanTheTolerance) {
  EXPECT_TRUE(simplify({{0, 0}, {10, 0.1}, {20, 0}}, 1.0, k_nowhere).empty());
  EXPECT_THROW(simplify({{0, 0}, {1, 0}, {0, 1}}, -1.0, k_nowhere), Error);
}

TEST(FilledRings, HolesAreNotCovered) {
  const Polygon outer{{0, 0}, {100, 0}, {100, 100}, {0, 100}},
      hole{{20, 20}, {20, 60}, {60, 60}, {60, 20}};
  const std::vector<Polygon> filled = fill(std::vector{outer, hole});
  double area = 0.0;
  for (const Polygon& polygon : filled) area += std::abs(signed_area(polygon));
  EXPECT_DOUBLE_EQ(area, 100.0 * 100.0 - 40.0 * 40.0);
}

}  // namespace
}  // namespace reticle
