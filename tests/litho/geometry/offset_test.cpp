// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/offset.h"

#include <gtest/gtest.h>

#include <cmath>

#include "litho/geometry/boolean.h"
#include "litho/geometry/polygon_area.h"

namespace reticle {
namespace {

double area(const std::vector<Polygon>& polygons) {
  double sum = 0.0;
  for (const Polygon& polygon : polygons) sum += std::abs(signed_area(polygon));
  return sum;
}

double moved_area(const std::vector<Polygon>& polygons, double distance_nm) {
  return area(moved_outlines(polygons, distance_nm));
}

TEST(MovedOutlines, GrowARectangleEitherWayRound) {
  const Polygon box = {{0, 0}, {10, 0}, {10, 0}, {10, 3}, {10, 6}, {0, 6}};  // with idle points
  const Polygon back(box.rbegin(), box.rend());
  EXPECT_NEAR(moved_area({box}, 1.0), 12.0 * 8.0, 1e-9);
  EXPECT_NEAR(moved_area({back}, 1.0), 12.0 * 8.0, 1e-9);
  EXPECT_NEAR(moved_area({box}, -1.0), 8.0 * 4.0, 1e-9);
  EXPECT_TRUE(moved_outlines(std::vector{box, back}, -3.0).empty());
}

TEST(MovedOutlines, MitreSlantedCorners) {
  const Polygon triangle = {{0, 0}, {30, 0}, {0, 40}};  // inradius 10: scaled by (10 + d) / 10
  for (const double d : {2.0, -2.0, 0.3, -5.0})
    EXPECT_NEAR(moved_area({triangle}, d), 600.0 * (1 + d / 10) * (1 + d / 10), 0.02) << d;
}

TEST(MovedOutlines, ShrinkHolesAsTheShapeGrows) {
  const std::vector<Polygon> ring = {{{0, 0}, {100, 0}, {100, 100}, {0, 100}},
                                     {{40, 40}, {40, 60}, {60, 60}, {60, 40}}};
  const std::vector<Polygon> joined = fill(ring);
  ASSERT_EQ(joined.size(), 1u);
  for (const double d : {1.0, -1.0}) {
    const double side = 100.0 + 2.0 * d, hole = 20.0 - 2.0 * d;
    EXPECT_NEAR(moved_area(joined, d), side * side - hole * hole, 1e-6);
  }
  EXPECT_NEAR(moved_area(joined, 10.0), 120.0 * 120.0, 1e-6);  // the hole is gone
}

TEST(MovedOutlines, JoinWhatGrowsTogetherAndPartWhatIsThin) {
  const std::vector<Polygon> pair = {{{0, 0}, {10, 0}, {10, 10}, {0, 10}}, {{12, 0}, {22, 0}, {22, 10}, {12, 10}}};
  EXPECT_EQ(moved_outlines(pair, 1.5).size(), 1u);
  EXPECT_NEAR(moved_area(pair, 1.5), 25.0 * 13.0, 1e-6);
  const std::vector<Polygon> dumbbell = {{{0, 0}, {10, 0}, {10, 4}, {20, 4}, {20, 0}, {30, 0},
                                          {30, 10}, {20, 10}, {20, 6}, {10, 6}, {10, 10}, {0, 10}}};
  EXPECT_EQ(moved_outlines(dumbbell, -1.5).size(), 2u);
  EXPECT_NEAR(moved_area(dumbbell, -1.5), 2 * 49.0, 1e-6);
}

}  // namespace
}  // namespace reticle
