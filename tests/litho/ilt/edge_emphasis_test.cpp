// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/edge_emphasis.h"

#include <gtest/gtest.h>

namespace reticle {
namespace {

const Grid k_grid{.rows = 60, .cols = 60, .pixel_nm = 4.0};
const std::vector<Polygon> k_square{{{80, 80}, {160, 80}, {160, 160}, {80, 160}}};

// 1 in pixels [x0, x1) of rows [y0, y1).
Image<float> print(int y0, int y1, int x0, int x1) {
  Image<float> image(k_grid.rows, k_grid.cols);
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) image(y, x) = 1.0f;
  return image;
}

TEST(EdgeEmphasis, LeavesPrintsWithinTheToleranceAlone) {
  EdgeEmphasis emphasis(k_square, k_grid, 15.0);
  const Image<float> before = emphasis.target();
  EXPECT_FALSE(emphasis.look(print(20, 40, 20, 40).view(), {0.5}, 1.0));
  EXPECT_FALSE(emphasis.look(print(18, 42, 22, 38).view(), {0.5}, 1.0));  // 8 nm off
  EXPECT_EQ(emphasis.target(), before);
}

TEST(EdgeEmphasis, PullsPrintsBackToTheTargetMoreWithEveryLook) {
  EdgeEmphasis emphasis(k_square, k_grid, 15.0);
  const Image<float> wide = print(20, 40, 20, 48);  // 32 nm too far to the right
  EXPECT_TRUE(emphasis.look(wide.view(), {0.5}, 0.5));
  EXPECT_FLOAT_EQ(emphasis.target()(30, 46), -0.5f);
  EXPECT_TRUE(emphasis.look(wide.view(), {0.5}, 0.5));
  EXPECT_FLOAT_EQ(emphasis.target()(30, 46), -1.0f);
  EXPECT_FLOAT_EQ(emphasis.target()(30, 20), 1.0f);  // the left edge is where it should be
  EXPECT_TRUE(emphasis.look(print(20, 40, 20, 32).view(), {0.5}, 0.5));
  EXPECT_FLOAT_EQ(emphasis.target()(30, 34), 1.5f);
}

TEST(EdgeEmphasis, FindsWhatPrintsApart) {
  EdgeEmphasis emphasis(k_square, k_grid, 15.0);
  Image<float> image = print(10, 50, 10, 50);  // far too large, but the target's own
  EXPECT_FALSE(emphasis.look_for_extra(image.view(), {0.5}, 1.0));
  image = print(20, 40, 20, 40);
  image(30, 55) = 1.0f;
  EXPECT_TRUE(emphasis.look_for_extra(image.view(), {0.5}, 1.0));
  EXPECT_FLOAT_EQ(emphasis.target()(30, 55), -1.0f);
}

}  // namespace
}  // namespace reticle
