#include "litho/metrology/mask_rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "kernels/base/error.h"
#include "litho/metrology/shots.h"

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
