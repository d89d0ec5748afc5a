// SPDX-License-Identifier: Apache-2.0
#include "litho/rules/rule_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "kernels/base/error.h"

namespace reticle {
namespace {

constexpr int k_size = 240;
const Grid k_grid{.rows = k_size, .cols = k_size, .pixel_nm = 1.0, .origin_x_nm = 1000.0, .origin_y_nm = -300.0};

// 1 where inside(x, y), in pixels from the middle of the field, at pixel centres.
BitImage drawn(const std::function<bool(double, double)>& inside) {
  BitImage mask(k_size, k_size);
  for (int y = 0; y < k_size; ++y)
    for (int x = 0; x < k_size; ++x)
      if (inside(x + 0.5 - k_size / 2, y + 0.5 - k_size / 2)) mask.fill(y, x, x + 1, true);
  return mask;
}

BitImage negative(BitImage mask) {  // within a clear margin
  BitImage out(k_size, k_size);
  for (int y = 10; y < k_size - 10; ++y)
    for (int x = 10; x < k_size - 10; ++x)
      if (!mask(y, x)) out.fill(y, x, x + 1, true);
  return out;
}

int count(const std::vector<RuleViolation>& found, MaskRule rule) {
  return static_cast<int>(std::count_if(found.begin(), found.end(),
                                        [&](const RuleViolation& v) { return v.rule == rule; }));
}

// A bar of a width and length, turned by degrees, with half-circle ends.
std::function<bool(double, double)> bar(double width, double length, double degrees, double cx = 0.0,
                                        double cy = 0.0) {
  const double c = std::cos(degrees * std::numbers::pi / 180), s = std::sin(degrees * std::numbers::pi / 180);
  return [=](double x, double y) {
    const double u = c * (x - cx) + s * (y - cy), v = -s * (x - cx) + c * (y - cy);
    const double beyond = std::max(0.0, std::abs(u) - 0.5 * (length - width));
    return std::hypot(beyond, v) < 0.5 * width;
  };
}

class RolledDiscs : public testing::TestWithParam<double> {};

TEST_P(RolledDiscs, FindWidthAndSpaceInAnyDirection) {
  const MaskRuleSet rules{.convex_radius_nm = 10.0, .concave_radius_nm = 10.0};
  const BitImage thin = drawn(bar(18.0, 120.0, GetParam())), thick = drawn(bar(21.0, 120.0, GetParam()));
  EXPECT_EQ(count(check_mask(thin, k_grid, rules), MaskRule::width), 1);
  EXPECT_EQ(count(check_mask(negative(thin), k_grid, rules), MaskRule::space), 1);
  // Ends as round as the bar is wide keep the radius too; the field's own corners are square.
  EXPECT_TRUE(check_mask(thick, k_grid, rules).empty());
  EXPECT_EQ(check_mask(negative(thick), k_grid, rules).size(), 4u);
}

INSTANTIATE_TEST_SUITE_P(Degrees, RolledDiscs, testing::Values(0.0, 7.0, 26.565, 45.0, 71.0, 90.0));

TEST(RuleCheck, MeasuresAndPlacesWhatItFinds) {
  const auto neck = [](double x, double y) {
    return (std::abs(x) < 80 && std::abs(y) < 40 && std::abs(x) > 15) || std::abs(y) < (std::abs(x) < 15 ? 6 : 0);
  };
  const auto found = check_mask(drawn(neck), k_grid, {});
  ASSERT_EQ(count(found, MaskRule::width), 1);
  const RuleViolation& v = found.front();
  EXPECT_NEAR(v.value, 12.0, 1.5);
  EXPECT_EQ(v.limit, 20.0);
  EXPECT_NEAR(v.place.x, 1120.0, 12.0);
  EXPECT_NEAR(v.place.y, -180.0, 8.0);
}

TEST(RuleCheck, SquareCornersAreForTheRadiusToJudge) {
  const BitImage square = drawn([](double x, double y) { return std::abs(x) < 40 && std::abs(y) < 40; });
  EXPECT_TRUE(check_mask(square, k_grid, {}).empty());
  const auto found = check_mask(square, k_grid, {.convex_radius_nm = 10.0});
  EXPECT_EQ(count(found, MaskRule::convex_radius), 4);
  EXPECT_EQ(found.size(), 4u);
  for (const RuleViolation& v : found) EXPECT_LT(v.value, 4.0);
  const BitImage notch = drawn([](double x, double y) { return std::abs(x) < 60 && std::abs(y) < 60 && !(x > 0 && y > 0); });
  EXPECT_EQ(count(check_mask(notch, k_grid, {.concave_radius_nm = 10.0}), MaskRule::concave_radius), 1);
  EXPECT_EQ(check_mask(notch, k_grid, {.concave_radius_nm = 10.0}).size(), 1u);
}

TEST(RuleCheck, RoundCornersPassByTheirRadius) {
  const auto rounded = [](double radius) {
    return drawn([radius](double x, double y) {
      const double u = std::max(0.0, std::abs(x) - (50 - radius)), v = std::max(0.0, std::abs(y) - (50 - radius));
      return std::hypot(u, v) < radius;
    });
  };
  const MaskRuleSet rules{.minimum_width_nm = 40.0, .convex_radius_nm = 20.0};
  EXPECT_TRUE(check_mask(rounded(21.0), k_grid, rules).empty());
  EXPECT_EQ(count(check_mask(rounded(14.0), k_grid, rules), MaskRule::convex_radius), 4);
}

// Two discs that overlap: every point of the union lies in a disc of the rule, but the neck is narrow.
TEST(RuleCheck, ANeckBetweenDiscsIsTooNarrow) {
  const auto dumbbell = [](double radius, double neck) {
    const double offset = std::sqrt(radius * radius - 0.25 * neck * neck);
    return drawn([=](double x, double y) {
      return std::hypot(std::abs(x) - offset, y) < radius || (std::abs(x) < offset && std::abs(y) < 0.5 * neck);
    });
  };
  EXPECT_GE(count(check_mask(dumbbell(25.0, 8.0), k_grid, {}), MaskRule::width), 1);
  EXPECT_EQ(count(check_mask(dumbbell(25.0, 26.0), k_grid, {}), MaskRule::width), 0);
}

TEST(RuleCheck, CornersAreMeasuredStraightAcross) {
  // Two squares corner to corner, and a corner pointing at a wall: discs pass on either side.
  const auto squares = [](double gap) {
    return drawn([=](double x, double y) {
      const double g = 0.5 * gap / std::numbers::sqrt2;
      return (x > g && y > g && x < 60 && y < 60) || (x < -g && y < -g && x > -60 && y > -60);
    });
  };
  const auto found = check_mask(squares(14.0), k_grid, {});
  ASSERT_GE(count(found, MaskRule::space), 1);
  EXPECT_NEAR(found[0].value, 14.0, 1.0);
  EXPECT_TRUE(check_mask(squares(22.0), k_grid, {}).empty());
  const auto pointed = [](double gap) {
    return drawn([=](double x, double y) {
      return (y < -gap && y > -80 && std::abs(x) < 90) || (y > std::abs(x) && y < 60);
    });
  };
  EXPECT_GE(count(check_mask(pointed(13.0), k_grid, {}), MaskRule::space), 1);
  EXPECT_EQ(count(check_mask(pointed(23.0), k_grid, {}), MaskRule::space), 0);
}

// A step of an outline is no width and no space, however low; the bump or the slit that two of them make is.
TEST(RuleCheck, StepsOfAnOutlineAreNoWidth) {
  for (int height = 1; height <= 30; ++height) {
    const auto step = drawn([=](double x, double y) { return std::abs(x) < 80 && y > -60 && y < (x < 0 ? 0 : height); });
    EXPECT_TRUE(check_mask(step, k_grid, {}).empty()) << height;
    EXPECT_TRUE(check_mask(negative(step), k_grid, {}).empty()) << height;
  }
  const auto bump = [](double width, double height) {
    return drawn([=](double x, double y) {
      return std::abs(x) < 80 && y > -60 && y < (std::abs(x) < 0.5 * width ? height : 0);
    });
  };
  EXPECT_TRUE(check_mask(bump(24, 30), k_grid, {}).empty());
  EXPECT_GE(count(check_mask(bump(12, 30), k_grid, {}), MaskRule::width), 1);
  EXPECT_GE(count(check_mask(bump(12, -30), k_grid, {}), MaskRule::space), 1);
}

TEST(RuleCheck, NeedlesAreTooNarrowWhereTheyEnd) {
  const BitImage needle = drawn([](double x, double y) {
    return std::hypot(x + 40, y) < 30 || (x > -40 && x < 60 && std::abs(y) < 0.25 * (60 - x));
  });
  const auto found = check_mask(needle, k_grid, {});
  ASSERT_EQ(count(found, MaskRule::width), 1);
  EXPECT_NEAR(found[0].place.x, 1180.0, 6.0);
}

TEST(RuleCheck, ShapesThatTouchAtACornerAreTooClose) {
  const BitImage touching = drawn([](double x, double y) { return std::abs(x) < 60 && std::abs(y) < 60 && x * y > 0; });
  EXPECT_GE(count(check_mask(touching, k_grid, {}), MaskRule::space), 1);
}

TEST(RuleCheck, AreasOfShapesAndHoles) {
  const MaskRuleSet rules{.minimum_width_nm = 0.0, .minimum_space_nm = 0.0, .minimum_area_nm2 = 400.0,
                          .minimum_hole_area_nm2 = 900.0};
  const auto square = [](double side) {
    return [=](double x, double y) { return std::abs(x) < side / 2 && std::abs(y) < side / 2; };
  };
  EXPECT_TRUE(check_mask(drawn(square(20.0)), k_grid, rules).empty());
  const auto small = check_mask(drawn(square(18.0)), k_grid, rules);
  ASSERT_EQ(small.size(), 1u);
  EXPECT_EQ(small[0].value, 324.0);
  EXPECT_EQ(count(check_mask(negative(drawn(square(28.0))), k_grid, rules), MaskRule::hole_area), 1);
  EXPECT_TRUE(check_mask(negative(drawn(square(30.0))), k_grid, rules).empty());
}

TEST(RuleCheck, AssistFeaturesHaveTheirOwnRules) {
  const BitImage target = drawn([](double x, double y) { return std::abs(x) < 20 && std::abs(y) < 80; });
  const auto mask = [&](double gap, double width, double length, double apart) {
    return drawn([=](double x, double y) {
      const bool first = x > 20 + gap && x < 20 + gap + width && y > 0 && y < length;
      const bool second = x > 20 + gap && x < 20 + gap + width && y < -apart && y > -apart - length;
      return (std::abs(x) < 20 && std::abs(y) < 80) || first || second;
    });
  };
  const MaskRuleSet rules{.assist_width_nm = 16.0, .assist_length_nm = 40.0, .assist_to_main_nm = 30.0,
                          .assist_to_assist_nm = 26.0};
  const auto found = [&](double gap, double width, double length, double apart) {
    MaskRuleSet narrow = rules;
    narrow.minimum_width_nm = 10.0;
    return check_mask(mask(gap, width, length, apart), k_grid, narrow, &target);
  };
  EXPECT_TRUE(found(30, 16, 40, 26).empty());
  EXPECT_EQ(count(found(30, 12, 40, 26), MaskRule::assist_width), 2);
  EXPECT_EQ(count(found(30, 16, 34, 26), MaskRule::assist_length), 2);
  EXPECT_EQ(count(found(26, 16, 40, 26), MaskRule::assist_to_main), 2);
  const auto close = found(30, 16, 40, 22);
  ASSERT_EQ(count(close, MaskRule::assist_to_assist), 1);
  EXPECT_EQ(close[0].value, 22.0);
}

TEST(RuleCheck, TurningTheMaskTurnsWhatIsFound) {
  const BitImage mask = drawn([](double x, double y) {
    return bar(15.0, 90.0, 33.0)(x, y) || bar(30.0, 60.0, 80.0, 50.0, 60.0)(x, y) || bar(26.0, 70.0, 10.0, 20.0, -35.0)(x, y);
  });
  const MaskRuleSet rules{.convex_radius_nm = 10.0, .concave_radius_nm = 10.0};
  const auto there = check_mask(mask, k_grid, rules), turned = check_mask(transposed(mask), k_grid, rules);
  ASSERT_FALSE(there.empty());
  for (const MaskRule rule : {MaskRule::width, MaskRule::space, MaskRule::convex_radius, MaskRule::concave_radius})
    EXPECT_EQ(count(there, rule), count(turned, rule));
}

TEST(RuleCheck, PolygonsAreCheckedWindowByWindow) {
  // A row of bars longer than two windows: every thin one is found once.
  std::vector<Polygon> bars;
  int thin = 0;
  for (int i = 0; i < 100; ++i) {
    const double x = 50.0 * i, width = i % 7 == 0 ? 17.0 : 24.0;
    thin += i % 7 == 0;
    bars.push_back({{x, 0.0}, {x + width, 0.0}, {x + width, 150.0}, {x, 150.0}});
  }
  const auto found = check_mask(bars, {-10.0, -10.0, 5010.0, 160.0}, {}, 1.0);
  EXPECT_EQ(count(found, MaskRule::width), thin);
  EXPECT_EQ(found.size(), static_cast<std::size_t>(thin));
  EXPECT_EQ(rule_pixel_nm({}), 1.0);
  // Holes are rings of the other way round.
  const std::vector<Polygon> ring{{{0, 0}, {100, 0}, {100, 100}, {0, 100}},
                                  {{45, 45}, {45, 55}, {55, 55}, {55, 45}}};
  const auto hole = check_mask(ring, {-10.0, -10.0, 110.0, 110.0}, {}, 1.0);
  EXPECT_EQ(count(hole, MaskRule::space), 1);
  EXPECT_EQ(count(hole, MaskRule::hole_area), 1);
}

TEST(RuleCheck, RefusesImagesOfDifferentSizes) {
  EXPECT_THROW(check_mask(BitImage(10, 10), k_grid, {}), Error);
}

}  // namespace
}  // namespace reticle
