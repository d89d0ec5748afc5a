// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/curve_knots.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>


namespace reticle {
namespace {

constexpr FragmentAnchor k_anchor{.pitch_x_nm = 80.0, .pitch_y_nm = 75.0, .reach_nm = 300.0};

std::vector<Point> arc(double radius, double from, double to, int facets) {
  std::vector<Point> points;
  for (int i = 0; i <= facets; ++i) {
    const double t = from + (to - from) * i / facets;
    points.push_back({radius * std::cos(t), radius * std::sin(t)});
  }
  return points;
}

// A displacement that is linear along the curve comes back as it is, whatever the knots' distances.
TEST(CurveKnots, GiveBackWhatIsLinearAndKeepConstants) {
  const std::vector<Point> points = arc(900.0, 0.1, 2.9, 200);
  for (const FragmentAnchor* anchor : {static_cast<const FragmentAnchor*>(nullptr), &k_anchor}) {
    const CurveKnots knots(points, false, 80.0, anchor);
    ASSERT_GE(knots.count(), 15);
    for (double s = 0.0; s <= knots.length(); s += 7.3) {
      double constant = 0.0, linear = 0.0;
      for (const CurveKnots::Weight& weight : knots.weights(s)) {
        constant += weight.of;
        linear += weight.of * knots.at(weight.knot);
      }
      EXPECT_NEAR(constant, 1.0, 1e-12);
      EXPECT_NEAR(linear, s, 1e-9);
    }
  }
}

TEST(CurveKnots, AClosedCurveHasNoSeam) {
  const std::vector<Point> points = arc(700.0, 0.0, 2.0 * std::numbers::pi, 300);
  const CurveKnots knots(points, true, 80.0, &k_anchor);
  const auto at = [&](double s) {
    double sum = 0.0;
    for (const CurveKnots::Weight& weight : knots.weights(s))
      sum += weight.of * std::sin(2.0 * std::numbers::pi * knots.at(weight.knot) / knots.length());
    return sum;
  };
  for (double s = 0.0; s < knots.length(); s += 11.0)
    EXPECT_NEAR(at(s), std::sin(2.0 * std::numbers::pi * s / knots.length()), 2e-3);
  EXPECT_NEAR(at(0.0), at(knots.length()), 1e-9);
}

TEST(CurveKnots, TheNearestIsThatOfAll) {
  for (const bool closed : {false, true}) {
    const CurveKnots knots(arc(600.0, 0.3, closed ? 0.3 + 2.0 * std::numbers::pi : 4.0, 240), closed, 80.0, &k_anchor);
    for (double s = 0.0; s < knots.length(); s += 3.1) {
      const auto apart = [&](int knot) {
        const double direct = std::abs(knots.at(knot) - s);
        return closed ? std::min(direct, knots.length() - direct) : direct;
      };
      double least = 1e9;
      for (int k = 0; k < knots.count(); ++k) least = std::min(least, apart(k));
      EXPECT_NEAR(apart(knots.nearest(s)), least, 1e-9) << s << " of " << knots.length();
    }
  }
}

// Tiles that see other parts of a ring: pieces away from the ends of what is seen are the same.
TEST(CurveKnots, DoNotDependOnThePartThatIsSeen) {
  const std::vector<Point> ring = arc(1500.0, 0.0, 2.0 * std::numbers::pi, 500);
  const auto places = [&](std::size_t from, std::size_t to, bool closed) {
    const std::vector<Point> part(ring.begin() + static_cast<std::ptrdiff_t>(from), ring.begin() + static_cast<std::ptrdiff_t>(to) + 1);
    const CurveKnots knots(part, closed, 80.0, &k_anchor);
    std::vector<double> at;
    for (int k = 0; k < knots.count(); ++k) {
      const double s = knots.at(k);
      if (closed || std::min(s, knots.length() - s) > 300.0) at.push_back(2.0 * std::numbers::pi * 1500.0 * static_cast<double>(from) / 500.0 + s);
    }
    return at;
  };
  const std::vector<double> all = places(0, 500, true);
  ASSERT_GE(all.size(), 90u);
  for (std::size_t k = 1; k < all.size(); ++k) {
    EXPECT_GE(all[k] - all[k - 1], 0.45 * 75.0);
    EXPECT_LE(all[k] - all[k - 1], 2.3 * 80.0);
  }
  int seen = 0;
  for (const auto& [from, to] : {std::pair<std::size_t, std::size_t>{20, 260}, {133, 401}, {250, 499}})
    for (const double place : places(from, to, false)) {
      const auto next = std::lower_bound(all.begin(), all.end(), place - 0.5);
      ASSERT_NE(next, all.end());
      EXPECT_NEAR(*next, place, 0.2);  // an arc's length by facets
      ++seen;
    }
  EXPECT_GE(seen, 100);
}

}  // namespace
}  // namespace reticle
