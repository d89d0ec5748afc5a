// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/engine_loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "kernels/base/error.h"
#include "litho/ilt/window_loss.h"
#include "tests/kernels/test_engines.h"
#include "tests/reference/brute_force.h"

namespace reticle {
namespace {

constexpr int k_rows = 40, k_cols = 48;

Image<float> random_image(float low, float high, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> uniform(low, high);
  Image<float> image(k_rows, k_cols);
  for (float& v : image) v = uniform(generator);
  return image;
}

OpticalModel square_model() {
  OpticalModel model = reference::random_model(5, 4, 6, 2, 3);
  model.period_x_nm = 8.0 * k_cols;
  model.period_y_nm = 8.0 * k_rows;
  model.resist.diffusion_nm = 9.0;
  return model;
}

pixel::ProcessWindow<float> window(float threshold) {
  pixel::ProcessWindow<float> window{.corners = 3, .bands = 1, .threshold = threshold, .resist_slope = 12.0f};
  window.corner[0] = {0, 1.0f, 1.0f};
  window.corner[1] = {0, 1.05f, 0.3f};
  window.corner[2] = {1, 0.95f, 0.0f};
  window.band[0] = {1, 2, 2.0f};
  return window;
}

class EngineLossOn : public testing::TestWithParam<TestEngine> {};

TEST_P(EngineLossOn, IsTheHostsLossAndGradient) {
  std::string reason;
  auto engine = make_test_engine(GetParam(), reason);
  if (!engine) GTEST_SKIP() << reason;
  const OpticalModel model = square_model();
  EngineLoss on_engine(std::move(engine), model, k_rows, k_cols);
  MaskImages<float> images(model);
  for (unsigned seed = 0; seed < 2; ++seed) {  // the same object again
    const Image<float> p = random_image(-1, 1, seed), target = random_image(0, 1, 10 + seed);
    Image<float> gradient(k_rows, k_cols), expected(k_rows, k_cols);
    const auto terms = window(static_cast<float>(model.resist.threshold));
    const double loss = window_loss<float>(images, p.view(), target.view(), terms, 3.0f, expected.view());
    EXPECT_NEAR(on_engine.evaluate(p.view(), target.view(), terms, 3.0f, gradient.view()), loss, 1e-5 * loss);
    double difference = 0.0, size = 0.0;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      difference += std::pow(gradient.data()[i] - expected.data()[i], 2.0);
      size += std::pow(expected.data()[i], 2.0);
    }
    EXPECT_LT(std::sqrt(difference / size), 1e-4);  // both in single precision, sums in another order
  }
}

INSTANTIATE_TEST_SUITE_P(All, EngineLossOn, testing::ValuesIn(k_test_engines),
                         [](const auto& one) { return name_of(one.param); });

TEST(EngineLoss, RefusesOblongPixelsAndUnknownConditions) {
  const OpticalModel model = square_model();
  EXPECT_THROW(EngineLoss(make_cpu_engine(), model, k_cols, k_cols), Error);
  EngineLoss loss(make_cpu_engine(), model, k_rows, k_cols);
  Image<float> p(k_rows, k_cols), gradient(k_rows, k_cols);
  auto terms = window(0.4f);
  terms.corner[0].condition = 2;
  EXPECT_THROW(loss.evaluate(p.view(), p.view(), terms, 3.0f, gradient.view()), Error);
}

}  // namespace
}  // namespace reticle
