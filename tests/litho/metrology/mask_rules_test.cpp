// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/mask_rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "kernels/base/error.h"
#include "litho/metrology/shots.h"
#include "tests/litho/metrology/plain_mask_rules.h"
#include "tests/litho/random_masks.h"

namespace reticle {
namespace {

// Mask of the points (x, y), from the middle of a 200 x 200 field, for which `in` holds.
Image<std::uint8_t> draw(const std::function<bool(double, double)>& in) {
  Image<std::uint8_t> mask(200, 200);
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 200; ++x) mask(y, x) = in(x - 99.5, y - 99.5);
  }
  return mask;
}

const Grid k_grid{200, 200};

TEST(MaskRules, RectanglesHaveTheirWidthAndSpace) {
  const auto mask = draw([](double x, double y) {
    return std::abs(y) < 60 && ((x > -40 && x < -10) || (x > 15 && x < 60));
  });
  const MaskRules rules = measure_mask_rules(mask.view(), k_grid);
  EXPECT_NEAR(rules.min_width.value().distance_nm, 30.0, 1e-9);
  EXPECT_NEAR(rules.min_space.value().distance_nm, 25.0, 1e-9);
  EXPECT_EQ(rules.components, 2);
  EXPECT_EQ(rules.smallest_component_nm2, 30.0 * 120.0);
  EXPECT_FALSE(rules.smallest_hole_nm2);
}

TEST(MaskRules, SlantedLineMeasuresItsWidthAtAnyAngle) {
  for (int degrees = 0; degrees < 180; degrees += 15) {
    const double c = std::cos(degrees * 3.14159265358979 / 180),
                 s = std::sin(degrees * 3.14159265358979 / 180);
    const auto mask = draw([&](double x, double y) {
      return std::abs(x * c + y * s) < 10.0 && std::abs(y * c - x * s) < 70.0;
    });
    const MaskRules rules = measure_mask_rules(mask.view(), k_grid);
    EXPECT_NEAR(rules.min_width.value().distance_nm, 20.0, 1.0) << degrees;  // one pixel
  }
}

TEST(MaskRules, NeckOfACurvedShapeIsFoundWhereItIs) {
  const auto mask = draw([](double x, double y) {
    return std::abs(y) < 80 && std::abs(x) < 10.0 + 20.0 * (1.0 - std::cos(y / 25.0));
  });
  const auto width = measure_mask_rules(mask.view(), k_grid).min_width.value();
  EXPECT_NEAR(width.distance_nm, 20.0, 1.0);
  EXPECT_NEAR(width.place.y, 100.0, 5.0);
}

TEST(MaskRules, DiscMeasuresItsDiameterAndItsHole) {
  const auto mask = draw([](double x, double y) {
    const double r = std::hypot(x, y);
    return r < 60.0 && r > 15.0;
  });
  const MaskRules rules = measure_mask_rules(mask.view(), k_grid);
  EXPECT_NEAR(rules.min_width.value().distance_nm, 45.0, 1.0);
  EXPECT_NEAR(rules.min_space.value().distance_nm, 30.0, 1.5);
  EXPECT_NEAR(rules.smallest_hole_nm2.value(), 225 * 3.14159265, 20.0);
}

TEST(MaskRules, CornersOfAnLAreNoWidths) {
  const auto mask = draw([](double x, double y) {
    return x > -50 && y > -50 && x < 50 && y < 50 && (x < -10 || y < -10);
  });
  EXPECT_NEAR(measure_mask_rules(mask.view(), k_grid).min_width.value().distance_nm, 40.0, 1e-9);
  EXPECT_FALSE(measure_mask_rules(mask.view(), k_grid).min_space);
}

TEST(MaskRules, EmptyMaskHasNothingAndWrongGridIsRefused) {
  const Image<std::uint8_t> mask(200, 200);
  EXPECT_FALSE(measure_mask_rules(mask.view(), k_grid).min_width);
  EXPECT_THROW(measure_mask_rules(mask.view(), {200, 100}), Error);
}

TEST(MaskRules, ShiftTurnAndMirrorChangeNothing) {
  const auto blob = [](double x, double y) {
    return std::abs(y) < 70 &&
           std::abs(x - 6.0 * std::sin(y / 15.0)) < 14.0 + 5.0 * std::cos(y / 11.0);
  };
  const auto first = draw(blob);
  const double width = measure_mask_rules(first.view(), k_grid).min_width.value().distance_nm;
  const std::int64_t shots = count_shots(first.view());
  for (const auto& moved : {draw([&](double x, double y) { return blob(x - 7, y + 4); }),
                            draw([&](double x, double y) { return blob(y, -x); }),
                            draw([&](double x, double y) { return blob(-x, y); })}) {
    EXPECT_NEAR(measure_mask_rules(moved.view(), k_grid).min_width.value().distance_nm, width,
                0.25);  // a ray through a pixel corner may pick either neighbour
    EXPECT_EQ(count_shots(moved.view()), shots);
  }
}

void expect_same(const std::optional<RulerDistance>& a, const std::optional<RulerDistance>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) return;
  EXPECT_EQ(a->distance_nm, b->distance_nm);  // the same sums in the same order
  EXPECT_EQ(a->place, b->place);
}

TEST(MaskRules, AreThoseOfThePlainRulers) {
  for (const test::MaskCase& c :
       test::mask_cases({{1, 1}, {1, 65}, {64, 64}, {97, 200}, {300, 333}})) {
    for (const double range : {200.0, 31.0}) {
      SCOPED_TRACE(c.name + ", range " + std::to_string(range));
      const Grid grid{c.mask.rows(), c.mask.cols(), 1.25, -3.0, 7.0};
      const MaskRules rules = measure_mask_rules(c.mask.view(), grid, range);
      const MaskRules plain = test::plain_mask_rules(c.mask, grid, range);
      expect_same(rules.min_width, plain.min_width);
      expect_same(rules.min_space, plain.min_space);
      EXPECT_EQ(rules.components, plain.components);
      EXPECT_EQ(rules.smallest_component_nm2, plain.smallest_component_nm2);
      EXPECT_EQ(rules.smallest_hole_nm2, plain.smallest_hole_nm2);
    }
  }
}

// Wide shapes far apart, where rays are followed by discs of free pixels.
TEST(MaskRules, OfLargeShapesAreThoseOfThePlainRulers) {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    const Image<std::uint8_t> mask = test::blobs(500, 530, seed, 90);
    const Grid grid{500, 530};
    const MaskRules rules = measure_mask_rules(mask.view(), grid);
    const MaskRules plain = test::plain_mask_rules(mask, grid, 200.0);
    expect_same(rules.min_width, plain.min_width);
    expect_same(rules.min_space, plain.min_space);
  }
}

TEST(Shots, RectanglesCountOneAndAnLTwo) {
  EXPECT_EQ(count_shots(
                draw([](double x, double y) { return std::abs(x) < 9 && std::abs(y) < 5; }).view()),
            1);
  EXPECT_EQ(count_shots(draw([](double x, double y) {
                          return std::abs(x) < 9 && std::abs(y) < 9 && (x < 0 || y < 0);
                        }).view()),
            2);
  EXPECT_EQ(count_shots(Image<std::uint8_t>(4, 4).view()), 0);
}

}  // namespace
}  // namespace reticle
