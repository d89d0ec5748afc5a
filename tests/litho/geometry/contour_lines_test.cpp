// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/contour_lines.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/base/error.h"
#include "litho/geometry/polygon_area.h"

namespace reticle {
namespace {

TEST(ContourLines, ConeGivesACounterclockwiseCircle) {
  const Grid grid{64, 64, 2.0, -64.0, -64.0};
  Image<float> cone(64, 64);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      cone(y, x) = static_cast<float>(100.0 - std::hypot(2 * x - 63.0, 2 * y - 63.0));
    }
  }
  const auto lines = contour_lines(cone.view(), 60.0, grid);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(lines[0].closed);
  EXPECT_GT(signed_area(lines[0].points), 0.0);
  for (const Point& p : lines[0].points) EXPECT_NEAR(std::hypot(p.x, p.y), 40.0, 0.02);  // h^2/8r
}

TEST(ContourLines, RampGivesOneOpenLineAndASaddleTwo) {
  Image<float> ramp(8, 8);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) ramp(y, x) = static_cast<float>(x);
  }
  const auto lines = contour_lines(ramp.view(), 3.25, {8, 8});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_FALSE(lines[0].closed);
  for (const Point& p : lines[0].points) EXPECT_NEAR(p.x, 3.75, 1e-12);
  Image<float> saddle(2, 2);
  saddle(0, 0) = saddle(1, 1) = 1.0f;
  EXPECT_EQ(contour_lines(saddle.view(), 0.4, {2, 2}).size(), 2u);
}

TEST(ContourLines, BadInputIsRefused) {
  Image<float> image(4, 4);
  EXPECT_THROW(contour_lines(image.view(), 0.5, {4, 5}), Error);
  image(1, 1) = std::numeric_limits<float>::infinity();
  EXPECT_THROW(contour_lines(image.view(), 0.5, {4, 4}), Error);
}

}  // namespace
}  // namespace reticle
