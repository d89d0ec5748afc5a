// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/edge_emphasis.h"

#include <gtest/gtest.h>

#include <random>

#include "litho/geometry/rasterize.h"

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

// Prints and drawn rectangles at random: the target turns where a pixel printed wrongly, farther
// than the tolerance from the nearest one of the other kind, lies within the tolerance; distances
// between the pixels' edges.
TEST(EdgeEmphasis, LooksAsTheDistancesSay) {
  std::mt19937 random(5);
  for (const double tolerance_nm : {3.0, 9.5, 15.0, 22.0}) {
    const auto corner = [&] { return 4.0 * static_cast<double>(random() % 50u); };
    std::vector<Polygon> drawn;
    for (int i = 0; i < 2; ++i) {
      const double x = corner(), y = corner();
      drawn.push_back({{x, y}, {x + 36, y}, {x + 36, y + 28}, {x, y + 28}});
    }
    const Image<std::uint8_t> target = rasterize_binary(drawn, k_grid);
    Image<float> image(k_grid.rows, k_grid.cols);
    for (float& pixel : image) pixel = random() % 400u == 0 ? 1.0f : 0.0f;
    for (std::size_t i = 0; i < image.size(); ++i)
      if (target.data()[i] != 0 && random() % 8u != 0) image.data()[i] = 1.0f;

    EdgeEmphasis emphasis(drawn, k_grid, tolerance_nm);
    Image<float> expected = emphasis.target();
    emphasis.look(image.view(), {0.5}, 0.25);

    const double limit = tolerance_nm / k_grid.pixel_nm + 0.5;
    const auto any_near = [&](int y, int x, auto is) {
      for (int v = 0; v < k_grid.rows; ++v)
        for (int u = 0; u < k_grid.cols; ++u)
          if ((v - y) * (v - y) + (u - x) * (u - x) <= limit * limit && is(v, u)) return true;
      return false;
    };
    const auto extra = [&](int y, int x) {
      return image(y, x) >= 0.5f &&
             !any_near(y, x, [&](int v, int u) { return target(v, u) != 0; });
    };
    const auto missing = [&](int y, int x) {
      return image(y, x) < 0.5f && !any_near(y, x, [&](int v, int u) { return target(v, u) == 0; });
    };
    for (int y = 0; y < k_grid.rows; ++y)
      for (int x = 0; x < k_grid.cols; ++x) {
        if (any_near(y, x, extra)) expected(y, x) -= 0.25f;
        if (any_near(y, x, missing)) expected(y, x) += 0.25f;
      }
    EXPECT_EQ(emphasis.target(), expected) << tolerance_nm;
  }
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
