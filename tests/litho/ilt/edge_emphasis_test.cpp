// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/edge_emphasis.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace reticle {
namespace {

const Grid k_grid{.rows = 80, .cols = 80, .pixel_nm = 4.0};
const std::vector<Polygon> k_square{
    {{120, 120}, {200, 120}, {200, 200}, {120, 200}}};  // pixels 30 to 50
const EdgePlacementSettings k_sites{};                  // one in the middle of each side
constexpr double k_most = 0.9, k_step_at_most = 2.0;    // the latter of a look with a gain of 1

// 1 in pixels [x0, x1) of rows [y0, y1).
Image<float> print(int y0, int y1, int x0, int x1) {
  Image<float> image(k_grid.rows, k_grid.cols);
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) image(y, x) = 1.0f;
  return image;
}

class EdgeEmphasisOfASquare : public testing::Test {
 protected:
  bool look(const Image<float>& image, double gain = 0.2) {
    emphasis_.look(image.view(), {0.5});
    return emphasis_.step({gain, k_most});
  }
  float target(int y, int x) const { return emphasis_.target()(y, x); }
  EdgeEmphasis emphasis_{k_square, k_grid, k_sites};
};

TEST_F(EdgeEmphasisOfASquare, LeavesPrintsWithinTheToleranceAlone) {
  const Image<float> before = emphasis_.target();
  EXPECT_FALSE(look(print(30, 50, 30, 50)));
  EXPECT_FALSE(look(print(28, 52, 32, 48)));  // 8 nm off
  EXPECT_EQ(emphasis_.target(), before);
}

TEST_F(EdgeEmphasisOfASquare, PullsAnEdgeBackMoreWithEveryLookUpToTheBound) {
  const Image<float> wide = print(30, 50, 30, 57);  // 28 nm too far to the right
  float before = 0.0f;
  for (int looks = 0; looks < 3; ++looks) {
    EXPECT_TRUE(look(wide));
    EXPECT_LT(target(40, 56), before);
    before = target(40, 56);
  }
  EXPECT_FLOAT_EQ(target(40, 40), 1.0f);
  EXPECT_FLOAT_EQ(target(40, 28), 0.0f);  // the left edge is where it should be
  EXPECT_FLOAT_EQ(target(40, 31), 1.0f);
  for (int looks = 0; looks < 20; ++looks) look(wide);
  EXPECT_FLOAT_EQ(target(40, 56), static_cast<float>(-k_most));
  EXPECT_FALSE(look(wide));
}

TEST_F(EdgeEmphasisOfASquare, LetsGoOfAnEdgeThatHasRoom) {
  const Image<float> thin = print(30, 50, 30, 43);  // 28 nm missing on the right
  look(thin);
  EXPECT_GT(target(40, 44), 1.0f);
  const float pulled = target(40, 44);
  EXPECT_TRUE(look(print(30, 50, 30, 50)));
  EXPECT_LT(target(40, 44), pulled);
  for (int looks = 0; looks < 20; ++looks) look(print(30, 50, 30, 50));
  EXPECT_EQ(emphasis_.target(), EdgeEmphasis(k_square, k_grid, k_sites).target());
}

TEST_F(EdgeEmphasisOfASquare, CountsAnEdgeWithoutContourLikeOneTwiceBeyondTheTolerance) {
  look(print(0, 0, 0, 0), 0.1);
  EXPECT_NEAR(target(40, 49), 1.0 + 0.1 * k_step_at_most, 1e-6);  // near one side alone
}

// At other corners of the window edges may be off by more than the tolerance, but not lost.
TEST_F(EdgeEmphasisOfASquare, HoldsWhatIsLostAtAnotherCorner) {
  const Image<float> drawn = print(30, 50, 30, 50), thin = print(30, 50, 30, 43),
                     lost = print(0, 0, 0, 0);
  const auto look_at = [&](const Image<float>& other) {
    emphasis_.look(drawn.view(), {0.5});
    emphasis_.look_for_lost(other.view(), {0.5});
    return emphasis_.step({0.2, k_most});
  };
  EXPECT_FALSE(look_at(thin));
  EXPECT_TRUE(look_at(lost));
  EXPECT_GT(target(40, 44), 1.0f);
}

TEST_F(EdgeEmphasisOfASquare, KeepsItsPullsOnOtherPixels) {
  look(print(30, 50, 30, 57));
  const float pull = target(40, 56);
  const Grid fine{.rows = 160, .cols = 160, .pixel_nm = 2.0};
  emphasis_.set_grid(k_square, fine);
  EXPECT_FLOAT_EQ(target(80, 112), pull);
  EXPECT_FLOAT_EQ(target(80, 80), 1.0f);
}

// The mirrored print of the mirrored square has the mirrored target.
TEST_F(EdgeEmphasisOfASquare, IsMirroredWithThePrint) {
  EdgeEmphasis other(k_square, k_grid, k_sites);
  look(print(31, 50, 30, 57));
  other.look(print(31, 50, 23, 50).view(), {0.5});
  other.step({0.2, k_most});
  for (int y = 0; y < k_grid.rows; ++y)
    for (int x = 0; x < k_grid.cols; ++x)
      EXPECT_FLOAT_EQ(target(y, x), other.target()(y, k_grid.cols - 1 - x));
}

TEST_F(EdgeEmphasisOfASquare, PullsMoreAtARingThatIsLostAsAWhole) {
  for (int looks = 0; looks < 40; ++looks) look(print(0, 0, 0, 0));
  EXPECT_GT(target(40, 49), 1.0f + 2.0f * static_cast<float>(k_most));
  const float pull = target(40, 49);
  look(print(30, 50, 30, 43));  // there, if too narrow: what was needed for it stays, and does not grow
  EXPECT_FLOAT_EQ(target(40, 49), pull);
}

TEST_F(EdgeEmphasisOfASquare, LetsGoOfEdgesBeyondItsReachUnlessTheRingIsLost) {
  const auto step = [&](const Image<float>& image) {
    emphasis_.look(image.view(), {0.5});
    emphasis_.step({.gain = 0.2, .most = k_most, .reach = 2.0});
  };
  for (int looks = 0; looks < 40; ++looks) step(print(30, 50, 30, 45));  // 20 nm missing of 15
  const float near = target(40, 49);
  EXPECT_GT(near, 1.0f);
  EXPECT_LT(near, 1.0f + static_cast<float>(k_most));
  for (int looks = 0; looks < 40; ++looks) step(print(30, 50, 30, 41));  // 36 nm
  EXPECT_FLOAT_EQ(target(40, 49), 1.0f);
  for (int looks = 0; looks < 40; ++looks) step(print(0, 0, 0, 0));
  EXPECT_GT(target(40, 49), 1.0f + 2.0f * static_cast<float>(k_most));
}

// Tolerances of 15 and 5 nm, edges to whole pixels of 4 nm.
class FineEmphasisOfASquare : public EdgeEmphasisOfASquare {
 protected:
  static constexpr double k_fine = 0.15;
  FineEmphasisOfASquare() { emphasis_ = EdgeEmphasis(k_square, k_grid, k_sites, 5.0); }
  bool look(const Image<float>& image) {
    emphasis_.look(image.view(), {0.5});
    return emphasis_.step({0.2, k_most, k_fine});
  }
};

TEST_F(FineEmphasisOfASquare, PullsEdgesALittleBeyondTheFineToleranceUpToItsBound) {
  const Image<float> wide = print(30, 50, 30, 52);  // 8 nm too far to the right
  EXPECT_TRUE(look(wide));
  EXPECT_LT(target(40, 51), 0.0f);
  EXPECT_FLOAT_EQ(target(40, 28), 0.0f);
  for (int looks = 0; looks < 20; ++looks) look(wide);
  EXPECT_FLOAT_EQ(target(40, 51), static_cast<float>(-k_fine));
  EXPECT_FALSE(look(wide));
}

TEST_F(FineEmphasisOfASquare, LeavesThoseWithinItAndThoseTwiceAsFarOffToArea) {
  const Image<float> before = emphasis_.target();
  EXPECT_FALSE(look(print(30, 50, 30, 51)));  // 4 nm
  EXPECT_FALSE(look(print(30, 50, 27, 53)));  // 12 nm on both sides
  EXPECT_EQ(emphasis_.target(), before);
}

TEST_F(FineEmphasisOfASquare, LetsGoOfWhatItCannotBringWithin) {
  look(print(30, 50, 30, 48));
  EXPECT_GT(target(40, 49), 1.0f);
  for (int looks = 0; looks < 20; ++looks) look(print(30, 50, 30, 47));  // 12 nm missing: farther off than before
  EXPECT_FLOAT_EQ(target(40, 49), 1.0f);
}

TEST_F(EdgeEmphasisOfASquare, FindsWhatPrintsApart) {
  Image<float> image = print(20, 60, 20, 60);  // far too large, but the target's own
  EXPECT_FALSE(emphasis_.look_for_extra(image.view(), {0.5}, 1.0));
  image = print(30, 50, 30, 50);
  image(40, 75) = 1.0f;
  EXPECT_TRUE(emphasis_.look_for_extra(image.view(), {0.5}, 1.0));
  EXPECT_FLOAT_EQ(target(40, 75), -1.0f);
  EXPECT_TRUE(emphasis_.look_for_extra(image.view(), {0.5}, 2.0));
  double sum = 0.0;  // beyond the square, whose T is 1
  for (const float t : emphasis_.target()) sum += t < 0.0f ? static_cast<double>(t) * t : 0.0;
  EXPECT_FLOAT_EQ(target(40, 75), -3.0f);
  EXPECT_NEAR(emphasis_.sum_of_extra(), sum, 1e-6 * sum);
}

// Through the sigmoid of the nominal print no pixel is pulled more than one at an edge, and those of which the print is as
// flat as at the level, or less, as much.
TEST_F(EdgeEmphasisOfASquare, PullsWhatPrintsApartAsStronglyAsAnEdgeAndNothingMore) {
  constexpr double k_slope = 60.0, k_threshold = 0.3, k_dose = 1.05;
  Image<float> image = print(30, 50, 30, 50);
  for (int y = 0; y < image.rows(); ++y)
    for (int x = 0; x < image.cols(); ++x) {
      const double from_edge = std::max({30.0 - x, x - 49.0, 30.0 - y, y - 49.0});
      const double apart = std::hypot(x - 56.0, y - 40.0);
      image(y, x) = static_cast<float>(std::max(k_threshold - 0.05 * (from_edge - 0.5), 0.28 - 0.01 * apart));
    }
  const Image<float> before = emphasis_.target();
  const PrintSlope slope{{k_threshold}, k_slope};
  ASSERT_TRUE(emphasis_.look_for_extra(image.view(), PrintLevel{k_threshold}.at_dose(k_dose), 0.2, slope));
  double at_extra = 0.0, most = 0.0;
  for (int y = 0; y < image.rows(); ++y)
    for (int x = 0; x < image.cols(); ++x) {
      const double z = 1.0 / (1.0 + std::exp(-k_slope * (image(y, x) / k_threshold - 1.0)));
      const double pull = 4.0 * z * (1.0 - z) * (static_cast<double>(before(y, x)) - static_cast<double>(target(y, x)));
      most = std::max(most, pull);
      if (y == 40 && x == 56) at_extra = pull;
    }
  EXPECT_LE(most, 0.2 * (1.0 + 1e-4));
  EXPECT_NEAR(at_extra, 0.2, 0.2 * 1e-4);
}

}  // namespace
}  // namespace reticle
