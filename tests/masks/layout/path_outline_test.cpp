// SPDX-License-Identifier: Apache-2.0
// Outlines of paths against the union of their segments and corners, built apart from them.
#include "masks/layout/path_outline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <random>

#include "litho/geometry/boolean.h"
#include "tests/reference/covered_area.h"

namespace reticle::layout {
namespace {

Polygon polygon_of(const std::vector<DbPoint>& outline) {
  Polygon polygon;
  for (const DbPoint& p : outline) polygon.push_back({static_cast<double>(p.x), static_cast<double>(p.y)});
  return polygon;
}

double area(const std::vector<DbPoint>& outline) { return reference::covered_area(std::vector<Polygon>{polygon_of(outline)}); }

Point unit(DbPoint a, DbPoint b) {
  const double dx = static_cast<double>(b.x) - a.x, dy = static_cast<double>(b.y) - a.y, l = std::hypot(dx, dy);
  return {dx / l, dy / l};
}

// A rectangle for each segment, a wedge outside each bend (whole up to 90 degrees, beyond that cut off half a
// width on), fine discs for round ends.
std::vector<Polygon> pieces(const std::vector<DbPoint>& line, double half, const PathEnds& ends) {
  std::vector<Polygon> all;
  const auto at = [](DbPoint p, Point u, double along, double left) {
    return Point{p.x + along * u.x - left * u.y, p.y + along * u.y + left * u.x};
  };
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const Point u = unit(line[i], line[i + 1]);
    const double before = i == 0 ? ends.before : 0.0, after = i + 2 == line.size() ? ends.after : 0.0;
    all.push_back({at(line[i], u, -before, half), at(line[i], u, -before, -half), at(line[i + 1], u, after, -half),
                   at(line[i + 1], u, after, half)});
    if (i + 2 == line.size()) break;
    const Point v = unit(line[i + 1], line[i + 2]);
    const double turn = std::atan2(u.x * v.y - u.y * v.x, u.x * v.x + u.y * v.y);
    const double side = turn > 0.0 ? -half : half, reach = half * std::min(1.0, std::tan(std::abs(turn) / 2));
    const DbPoint p = line[i + 1];
    all.push_back({{1.0 * p.x, 1.0 * p.y}, at(p, u, 0, side), at(p, u, reach, side), at(p, v, -reach, side), at(p, v, 0, side)});
  }
  for (const DbPoint p : {line.front(), line.back()}) {
    if (!ends.round) break;
    Polygon disc;
    for (int i = 0; i < 2000; ++i)
      disc.push_back({p.x + half * std::cos(std::numbers::pi * i / 1000), p.y + half * std::sin(std::numbers::pi * i / 1000)});
    all.push_back(disc);
  }
  return all;
}

TEST(PathOutline, CoversItsSegmentsAndCornersToOneDatabaseUnit) {
  std::mt19937 random(7);
  const auto between = [&](double low, double high) { return low + (high - low) * static_cast<double>(random()) / 4294967296.0; };
  const char* wanted_count = std::getenv("RETICLE_RANDOM_PATHS");
  const int trials = wanted_count != nullptr ? std::atoi(wanted_count) : 300;
  double farthest = 0.0;
  for (int trial = 0; trial < trials; ++trial) {
    SCOPED_TRACE(trial);
    const double half = 0.5 * std::round(between(2, 2000));
    std::vector<DbPoint> line{{static_cast<int>(between(-1e5, 1e5)), static_cast<int>(between(-1e5, 1e5))}};
    double heading = between(0, 6.28), before = 0.0;
    for (int i = 0; i < 1 + trial % 3; ++i) {
      const double turn = trial % 7 == 0 ? 180.0 : between(0, 180), after = i == trial % 3 ? 0.0 : turn;
      // Long enough for the sides to meet, or too short by more than half a width.
      const auto room = [](double degrees) { return degrees < 170 ? std::tan(degrees * std::numbers::pi / 360) : 0.0; };
      const auto near_the_limit = [&](double length) {
        return std::abs(length - half * std::tan(std::min(179.9, before) * std::numbers::pi / 360)) < 2 * half ||
               std::abs(length - half * std::tan(std::min(179.9, after) * std::numbers::pi / 360)) < 2 * half;
      };
      double length = (2.0 + std::max(room(before), room(after))) * half + between(50, 3000);
      while (near_the_limit(length)) length += half;
      line.push_back({line.back().x + static_cast<int>(length * std::cos(heading)), line.back().y + static_cast<int>(length * std::sin(heading))});
      heading += (random() % 2 == 0 ? 1 : -1) * after * std::numbers::pi / 180;
      before = after;
    }
    PathEnds ends{.round = trial % 4 == 0};
    if (trial % 4 == 1) ends.before = ends.after = half;
    if (trial % 4 == 2) ends.before = std::round(between(0, 500)), ends.after = std::round(between(0, 500));
    const std::vector<Polygon> outline{polygon_of(path_outline(line, 2 * half, ends))}, wanted = pieces(line, half, ends);
    for (int i = 0; i < 200; ++i) {
      const Polygon& near = i % 2 == 0 ? outline[0] : wanted[random() % wanted.size()];
      const Point corner = near[random() % near.size()];
      const Point place{corner.x + between(-2, 2) * half, corner.y + between(-2, 2) * half};
      const reference::Cover one = reference::cover_at(outline, place), other = reference::cover_at(wanted, place);
      if (one.inside == other.inside) continue;
      farthest = std::max(farthest, std::min(one.edge_distance, other.edge_distance));
      EXPECT_LT(std::min(one.edge_distance, other.edge_distance), 1.0) << place.x << ", " << place.y << " half " << half;
    }
  }
  std::printf("%d paths, farthest %.3f database units\n", trials, farthest);
}

// KLayout's outlines, point for point.
TEST(PathOutline, GoesHalfAWidthOnBeyondRightAngles) {
  const auto covers = [](const std::vector<DbPoint>& outline, const Polygon& wanted) {
    const std::vector<Polygon> one{polygon_of(outline)}, other{wanted}, both{one[0], wanted};
    EXPECT_NEAR(reference::covered_area(both), reference::covered_area(one), 1.0);
    EXPECT_NEAR(reference::covered_area(both), reference::covered_area(other), 1.0);
  };
  covers(path_outline({{0, 0}, {10000, 0}, {8264, 9848}}, 1000, {}),
         {{0, -500}, {0, 500}, {9404, 500}, {7772, 9761}, {8756, 9935}, {10579, -406}, {10500, -500}});
  covers(path_outline({{0, 0}, {10000, 0}, {1340, 5000}}, 1000, {}),
         {{0, -500}, {0, 500}, {8134, 500}, {1090, 4567}, {1590, 5433}, {10683, 183}, {10500, -500}});
  covers(path_outline({{0, 0}, {1000, 0}, {1000, 30}}, 200, {.before = 100, .after = 100}),
         {{-100, -100}, {-100, 100}, {900, 100}, {900, 130}, {1100, 130}, {1100, -100}});
}

TEST(PathOutline, WidthIsTheSameWhereverThePathLies) {
  for (const int x : {0, 100, -100, 7, -7}) {
    EXPECT_EQ(area(path_outline({{x, x}, {x + 1000, x}}, 65, {})), 66000.0) << x;
    EXPECT_EQ(area(path_outline({{x, x}, {x, x + 1000}}, 65, {})), 66000.0) << x;
  }
}

TEST(PathOutline, OfOnePointOrEqualOnesIsItsEnds) {
  for (const std::vector<DbPoint>& line : {std::vector<DbPoint>{{10, 20}}, {{10, 20}, {10, 20}, {10, 20}}}) {
    EXPECT_EQ(area(path_outline(line, 100, {.before = 50, .after = 50})), 10000.0);
    EXPECT_EQ(area(path_outline(line, 100, {.before = 20, .after = 70})), 9000.0);
    EXPECT_NEAR(area(path_outline(line, 1000, {.round = true})), std::numbers::pi * 250000, 1600.0);
    EXPECT_TRUE(path_outline(line, 100, {}).empty());
  }
}

TEST(PathOutline, ChordsStayWithinHalfADatabaseUnitOfTheCircle) {
  for (const double radius : {1.0, 50.0, 1e3, 1e5, 1e7}) {
    const int chords = circle_chords(radius);
    EXPECT_EQ(chords % 4, 0);
    EXPECT_LE(radius * (1 - std::cos(std::numbers::pi / chords)), 0.5 + 1e-9) << radius;
  }
}

}  // namespace
}  // namespace reticle::layout
