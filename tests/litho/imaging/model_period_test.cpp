// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/model_period.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "kernels/base/error.h"
#include "litho/imaging/polygon_spectrum.h"
#include "litho/imaging/simulator.h"
#include "litho/optics/socs_builder.h"

namespace reticle {
namespace {

OpticsSettings annular(double period_nm) {
  return {.source = {.sampling = SourceSampling::covered_area, .grid = 48},
          .conditions = {{"focus", 0.0}, {"defocus", 40.0}}, .period_nm = {period_nm, period_nm}, .max_error = 5e-3};
}

std::vector<Polygon> random_squares(const Box& field, double size, unsigned seed) {
  std::mt19937 generator(seed);
  std::vector<Polygon> shapes;
  for (double y = field.y0; y + size <= field.y1; y += size)
    for (double x = field.x0; x + size <= field.x1; x += size)
      if (generator() % 2 == 0) shapes.push_back({{x, y}, {x + size, y}, {x + size, y + size}, {x, y + size}});
  return shapes;
}

// Largest difference over points of `box` of the images that two models make of shapes in their own fields.
double largest_difference(const OpticalModel& a, const std::vector<Polygon>& in_a, const OpticalModel& b,
                          const std::vector<Polygon>& in_b, const Box& box) {
  const Box field_a{0, 0, a.period_x_nm, a.period_y_nm}, field_b{0, 0, b.period_x_nm, b.period_y_nm};
  double worst = 0.0;
  for (int c = 0; c < static_cast<int>(a.conditions.size()); ++c) {
    Simulator<double> first(a), second(b);
    const auto image_a = first.intensity_spectrum(first.mask_spectrum(in_a, field_a), c);
    const auto image_b = second.intensity_spectrum(second.mask_spectrum(in_b, field_b), c);
    for (double y = box.y0; y < box.y1; y += 17)
      for (double x = box.x0; x < box.x1; x += 17)
        worst = std::max(worst, std::abs(intensity_at(image_a, field_a, {x, y}) - intensity_at(image_b, field_b, {x, y})));
  }
  return worst;
}

TEST(ModelPeriod, CopiesOfAPatternAreImagedAsThePatternIs) {
  const OpticalModel model = build_optical_model(annular(600));
  const std::vector<Polygon> one = random_squares({0, 0, 600, 600}, 60, 1);
  std::vector<Polygon> copies;
  for (const double x : {0.0, 600.0})
    for (const double y : {0.0, 600.0, 1200.0})
      for (Polygon shape : one) {
        for (Point& p : shape) p = {p.x + x, p.y + y};
        copies.push_back(std::move(shape));
      }
  // The energy left out at the band's border is 1e-6, of orders that copies do not have.
  EXPECT_LT(largest_difference(model, one, model_at_period(model, 1200, 1800), copies, {0, 0, 600, 600}), 1e-9);
}

TEST(ModelPeriod, ASmallerPeriodIsImagedWithItsCopies) {
  const OpticalModel model = build_optical_model(annular(600));
  const std::vector<Polygon> one = random_squares({0, 0, 300, 600}, 50, 2);
  std::vector<Polygon> both = one;
  for (Polygon shape : one) {
    for (Point& p : shape) p.x += 300;
    both.push_back(std::move(shape));
  }
  EXPECT_LT(largest_difference(model_at_period(model, 300, 600), one, model, both, {0, 0, 300, 600}), 2e-3);
}

TEST(ModelPeriod, AMovedModelImagesLikeOneMadeForThePeriodWithinTheStatedError) {
  const OpticalModel small = build_optical_model(annular(600)), large = build_optical_model(annular(1100));
  const std::vector<Polygon> shapes = random_squares({0, 0, 1100, 1100}, 60, 3);
  const double stated = period_error(small, 1100, 1100);
  // Both leave kernels out: either may err by the error it states.
  const double truncation = small.truncation_error + large.truncation_error;
  const double actual =
      largest_difference(model_at_period(small, 1100, 1100), shapes, large, shapes, {0, 0, 1100, 1100});
  EXPECT_LT(actual, 2.0 * stated + 3.0 * truncation);
  EXPECT_GT(actual + 3.0 * truncation, 0.3 * stated);  // and it says something
  EXPECT_GT(stated, period_error(large, 2200, 2200));  // kernels that end farther out lose less
  EXPECT_EQ(period_error(small, 400, 600), 0.0);
}

TEST(ModelPeriod, ItsOwnPeriodChangesNothingAndAnImpossibleOneIsRefused) {
  const OpticalModel model = build_optical_model(annular(400));
  EXPECT_EQ(model_at_period(model, 400, 400).conditions[0].coefficients, model.conditions[0].coefficients);
  EXPECT_THROW(model_at_period(model, 0, 400), Error);
  EXPECT_THROW(model_at_period(model, 400, 400 * 65), Error);
}

}  // namespace
}  // namespace reticle
