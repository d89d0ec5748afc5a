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

bool on_steps(double v, double step_nm) { return std::abs(v / step_nm - std::round(v / step_nm)) < 1e-9; }

TEST(FewestCorners, KeepWithinTheToleranceBothWays) {
  for (unsigned seed = 1; seed <= 5; ++seed)
    for (const double step : {0.0, 1.0, 1.5}) {
      const Polygon ring = blob(seed), few = fewest_corners(ring, 1.5, k_nowhere, step);
      EXPECT_LE(farthest(ring, few), 1.5 + 1e-6) << seed << " " << step;
      EXPECT_LE(farthest(few, ring), 1.5 + 1e-6) << seed << " " << step;
    }
}

TEST(FewestCorners, StandOnWholeSteps) {
  for (const Point& p : fewest_corners(blob(4), 3.0, k_nowhere, 2.0)) EXPECT_TRUE(on_steps(p.x, 2.0) && on_steps(p.y, 2.0));
}

TEST(FewestCorners, AreFewerThanHalvingLeavesAndKeepTheArea) {
  std::size_t halved = 0, few = 0;
  double area = 0.0, left = 0.0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    const Polygon ring = blob(seed), outline = fewest_corners(ring, 1.5, k_nowhere, 1.0);
    halved += simplify(ring, 1.5, k_nowhere).size();
    few += outline.size();
    area += signed_area(ring), left += signed_area(outline);
  }
  EXPECT_LT(1.2 * static_cast<double>(few), static_cast<double>(halved));
  EXPECT_NEAR(left / area, 1.0, 1e-3);  // a fiftieth of the tolerance along all edges
}

// A jog, from one side of the ring to the other and back to its direction, saves an edge and is no outline of anything round.
TEST(FewestCorners, HaveNoJogs) {
  constexpr double k_tolerance = 1.5, k_steep = 0.5;
  int jogs = 0;
  for (unsigned seed = 1; seed <= 100; ++seed) {
    const Polygon outline = fewest_corners(blob(seed), k_tolerance, k_nowhere, 1.5);
    const auto edge = [&](std::size_t i) {
      const Point &a = outline[i % outline.size()], &b = outline[(i + 1) % outline.size()];
      return Point{b.x - a.x, b.y - a.y};
    };
    const auto turn = [&](std::size_t i) {
      const Point a = edge(i), b = edge(i + 1);
      return std::atan2(a.x * b.y - a.y * b.x, a.x * b.x + a.y * b.y);
    };
    for (std::size_t i = 0; i < outline.size(); ++i) {
      const Point middle = edge(i + 1);
      if (std::hypot(middle.x, middle.y) < 3.0 * k_tolerance && turn(i) * turn(i + 1) < 0.0 &&
          std::min(std::abs(turn(i)), std::abs(turn(i + 1))) > k_steep)
        ++jogs;
    }
  }
  EXPECT_EQ(jogs, 0);
}

// Edges that lie within t of a circle of radius r on either side span 2 acos((r - t) / (r + t)) at most. With their
// corners t outside and their middles t / 2 inside they leave no area on either side: 2 acos((r - t / 2) / (r + t)).
TEST(FewestCorners, AreThoseOfACircleByItsSagitta) {
  Polygon ring;
  for (int i = 0; i < 1440; ++i) {
    const double t = 2 * std::numbers::pi * i / 1440;
    ring.push_back({200 * std::cos(t), 200 * std::sin(t)});
  }
  const auto count = static_cast<double>(fewest_corners(ring, 1.0, k_nowhere, 0.2).size());
  EXPECT_GE(count, std::numbers::pi / std::acos(199.0 / 201.0));
  EXPECT_LE(count, std::numbers::pi / std::acos(199.5 / 201.0) + 1.0);
}

TEST(FewestCorners, DoNotDependOnWhereTheRingBegins) {
  Polygon ring = blob(3);
  const Polygon few = fewest_corners(ring, 1.0, k_nowhere, 1.0);
  std::rotate(ring.begin(), ring.begin() + 77, ring.end());
  EXPECT_EQ(fewest_corners(ring, 1.0, k_nowhere, 1.0), few);
}

TEST(FewestCorners, OnTheBoxStayAndNoOthersComeThere) {
  const Polygon ring{{0, 0}, {10, 0}, {10, 4.9}, {9.9, 5}, {10, 5.1}, {10, 10}, {0, 10}};
  EXPECT_EQ(fewest_corners(ring, 1.0, k_nowhere, 0.0).size(), 4u);
  EXPECT_EQ(fewest_corners(ring, 1.0, {-5, -5, 10, 20}, 0.0).size(), 6u);
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const Polygon whole = blob(seed);
    Box box{1e9, 1e9, -1e9, -1e9};
    for (const Point& p : whole) box = {std::min(box.x0, p.x), std::min(box.y0, p.y), std::max(box.x1, p.x), std::max(box.y1, p.y)};
    const Polygon few = fewest_corners(whole, 2.0, box, 1.0);
    for (const Polygon* of : {&whole, &few})
      for (const Point& p : *of) {
        if (p.x != box.x0 && p.x != box.x1 && p.y != box.y0 && p.y != box.y1) continue;
        const Polygon& other = of == &whole ? few : whole;
        EXPECT_NE(std::find(other.begin(), other.end(), p), other.end()) << seed << ": " << p.x << ", " << p.y;
      }
    EXPECT_LT(few.size(), whole.size() / 2);
  }
}

TEST(FewestCorners, LeaveNothingOfWhatIsThinnerThanTheTolerance) {
  EXPECT_TRUE(fewest_corners({{0, 0}, {10, 0.1}, {20, 0}}, 1.0, k_nowhere, 0.0).empty());
  EXPECT_THROW(fewest_corners({{0, 0}, {1, 0}, {0, 1}}, -1.0, k_nowhere, 0.0), Error);
  EXPECT_THROW(fewest_corners({{0, 0}, {1, 0}, {0, 1}}, 1.0, k_nowhere, -1.0), Error);
}

}  // namespace
}  // namespace reticle
