#include "litho/geometry/offset.h"

#include <gtest/gtest.h>

#include <cmath>

#include "litho/geometry/boolean.h"
#include "litho/geometry/polygon_area.h"

namespace reticle {
namespace {

TEST(MovedEdges, GrowsARectangleEitherWayRound) {
  const Polygon box = {{0, 0}, {10, 0}, {10, 0}, {10, 3}, {10, 6}, {0, 6}};  // with idle points
  const Polygon back(box.rbegin(), box.rend());
  EXPECT_NEAR(signed_area(moved_edges(box, 1.0)), 12.0 * 8.0, 1e-12);
  EXPECT_NEAR(signed_area(moved_edges(back, 1.0)), -12.0 * 8.0, 1e-12);
  EXPECT_NEAR(signed_area(moved_edges(box, -1.0)), 8.0 * 4.0, 1e-12);
}

TEST(MovedEdges, MitresSlantedCorners) {
  const Polygon triangle = {{0, 0}, {30, 0}, {0, 40}};  // inradius 10: scaled by (10 + d) / 10
  EXPECT_NEAR(signed_area(moved_edges(triangle, 2.0)), 600.0 * 1.44, 1e-9);
}

TEST(MovedEdges, HolesShrinkAsTheShapeGrows) {
  const std::vector<Polygon> ring = {{{0, 0}, {100, 0}, {100, 100}, {0, 100}},
                                     {{40, 40}, {40, 60}, {60, 60}, {60, 40}}};
  const std::vector<Polygon> joined = fill(ring);
  ASSERT_EQ(joined.size(), 1u);
  for (const double d : {1.0, -1.0}) {
    const double side = 100.0 + 2.0 * d, hole = 20.0 - 2.0 * d;
    EXPECT_NEAR(std::abs(signed_area(moved_edges(joined[0], d))), side * side - hole * hole, d * d + 1e-9);
  }
}

}  // namespace
}  // namespace reticle
