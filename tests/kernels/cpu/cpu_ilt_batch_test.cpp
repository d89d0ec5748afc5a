// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/cpu_ilt_batch.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "kernels/engine/engine.h"

namespace reticle {
namespace {

Image<float> random_image(int rows, int cols, float low, float high, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> uniform(low, high);
  Image<float> image(rows, cols);
  for (float& v : image) v = uniform(generator);
  return image;
}

ImagingProblem random_problem(double diffusion_nm, double density = 0.0) {
  std::mt19937 generator(3);
  std::normal_distribution<double> normal;
  ImagingProblem problem{.rows = 30, .cols = 36, .pixel_nm = 8.0,
                     .flare = diffusion_nm > 0.0 ? 0.05 : 0.0, .diffusion_nm = diffusion_nm,
                     .density = density, .density_range_nm = 40.0};
  problem.stack.half_x = 4;
  problem.stack.half_y = 3;
  for (int condition = 0; condition < 2; ++condition) {
    SocsStack::Condition set{.count = 5, .tail = {{0.2, 40.0 + 20.0 * condition}, {-0.01, 5.0}}};
    for (int i = 0; i < 5 * 7 * 9; ++i)
      set.coefficients.emplace_back(0.3 * normal(generator), 0.3 * normal(generator));
    problem.stack.conditions.push_back(set);
  }
  return problem;
}

IltTerms window_terms() {
  IltTerms terms{.mask_slope = 2.0f};
  auto& window = terms.window;
  window.conditions = 2;
  window.corners = 3;
  window.corner[0] = {0, 1.0f, 1.0f};
  window.corner[1] = {0, 1.02f, 0.25f};
  window.corner[2] = {1, 0.98f, 0.0f};
  window.bands = 1;
  window.band[0] = {1, 2, 2.0f};
  window.threshold = 0.4f;
  window.resist_slope = 3.0f;
  return terms;
}

struct Case {
  const char* name;
  double diffusion_nm;
  float total_variation, curvature, discreteness;
  double density = 0.0;
};

class IltGradient : public testing::TestWithParam<Case> {};

TEST_P(IltGradient, EqualsTheCentralDifference) {
  const ImagingProblem problem = random_problem(GetParam().diffusion_nm, GetParam().density);
  IltTerms terms = window_terms();
  terms.total_variation = GetParam().total_variation;
  terms.curvature = GetParam().curvature;
  terms.discreteness = GetParam().discreteness;
  cpu::CpuIltBatch batch(problem, 2);
  const Image<float> p = random_image(30, 36, -1, 1, 5), target = random_image(30, 36, 0, 1, 6);
  const Image<float> direction = random_image(30, 36, -1, 1, 7), weight = random_image(30, 36, 0, 1, 8);
  const Image<float> unresolved = random_image(30, 36, -0.1f, 0.1f, 9);
  const float h = 8e-3f;
  const auto total_at = [&](float step) {
    Image<float> moved = p;
    for (std::size_t i = 0; i < p.size(); ++i) moved.data()[i] += step * direction.data()[i];
    batch.set_clip(1, {.parameters = moved.view(), .target = target.view(), .weight = weight.view(), .unresolved = unresolved.view()});
    batch.set_clip(0, {.parameters = target.view(), .target = p.view()});
    batch.evaluate(terms);
    return batch.losses()[1].total();
  };
  const double numeric = (8 * (total_at(h) - total_at(-h)) - (total_at(2 * h) - total_at(-2 * h))) / (12.0 * h);
  total_at(0.0f);
  const int vector = batch.add_vectors(1);
  batch.combine(vector, {1, 1}, IltBatch::k_gradient, {0, 0}, IltBatch::k_gradient);
  Image<float> gradient(30, 36);
  batch.combine(IltBatch::k_parameters, {1, 1}, vector, {0, 0}, vector);
  batch.get_parameters(1, gradient.view());
  double analytic = 0.0;
  for (std::size_t i = 0; i < p.size(); ++i)
    analytic += static_cast<double>(gradient.data()[i]) * direction.data()[i];
  // Single precision: the loss carries some 1e-7 of rounding, which the difference divides by h.
  EXPECT_NEAR(analytic, numeric, 1e-3 * std::abs(numeric) + 2e-5 * total_at(0.0f));
}

INSTANTIATE_TEST_SUITE_P(EveryTerm, IltGradient,
                         testing::Values(Case{"window", 0, 0, 0, 0}, Case{"diffusion_and_flare", 12, 0, 0, 0},
                                         Case{"variation", 0, 3, 0, 0}, Case{"curvature", 0, 0, 0.5f, 0},
                                         Case{"discreteness", 0, 0, 0, 0.7f},
                                         Case{"density", 12, 0, 0, 0, -0.2}),
                         [](const auto& tested) { return tested.param.name; });

TEST(CpuIltBatch, FrozenPixelsHaveNoGradient) {
  cpu::CpuIltBatch batch(random_problem(0.0), 1);
  Image<float> free(30, 36, 1.0f);
  free(3, 4) = 0.0f;
  const Image<float> p = random_image(30, 36, -1, 1, 5);
  batch.set_clip(0, {.parameters = p.view(), .target = p.view(), .free = free.view()});
  for (int step = 1; step <= 3; ++step) {
    batch.evaluate(window_terms());
    batch.adam({.step = step});
  }
  Image<float> after(30, 36);
  batch.get_parameters(0, after.view());
  EXPECT_EQ(after(3, 4), p(3, 4));
  EXPECT_NE(after(3, 5), p(3, 5));
}

TEST(CpuIltBatch, StepsAreTheSameWhetherOrNotTheGradientWasLookedAt) {
  std::vector<Image<float>> results;
  for (const bool looked_at : {false, true}) {
    cpu::CpuIltBatch batch(random_problem(0.0), 2);
    const Image<float> p = random_image(30, 36, -1, 1, 5), target = random_image(30, 36, 0, 1, 6);
    const Image<float> free = random_image(30, 36, 0, 1, 7), unresolved = random_image(30, 36, -0.1f, 0.1f, 9);
    batch.set_clip(0, {.parameters = target.view(), .target = p.view()});
    batch.set_clip(1, {.parameters = p.view(), .target = target.view(), .free = free.view(), .unresolved = unresolved.view()});
    for (int step = 1; step <= 3; ++step) {
      batch.evaluate(window_terms());
      if (looked_at) {
        EXPECT_GT(batch.dot(IltBatch::k_gradient, IltBatch::k_gradient)[1], 0.0);
      }
      batch.adam({.step = step});
    }
    for (int clip = 0; clip < 2; ++clip) batch.get_parameters(clip, results.emplace_back(30, 36).view());
  }
  EXPECT_EQ(results[0], results[2]);
  EXPECT_EQ(results[1], results[3]);
}

TEST(CpuIltBatch, GradientsAreOfTheParametersThatWereEvaluated) {
  cpu::CpuIltBatch batch(random_problem(0.0), 1);
  const Image<float> p = random_image(30, 36, -1, 1, 5), target = random_image(30, 36, 0, 1, 6);
  batch.set_clip(0, {.parameters = p.view(), .target = target.view()});
  batch.evaluate(window_terms());
  const double before = batch.dot(IltBatch::k_gradient, IltBatch::k_gradient)[0];
  batch.evaluate(window_terms());
  batch.set_clip(0, {.parameters = target.view(), .target = p.view()});
  EXPECT_EQ(batch.dot(IltBatch::k_gradient, IltBatch::k_gradient)[0], before);
}

TEST(CpuIltBatch, AdamLowersTheLoss) {
  cpu::CpuIltBatch batch(random_problem(0.0), 1);
  Image<float> target(30, 36);
  for (int y = 8; y < 20; ++y)
    for (int x = 10; x < 25; ++x) target(y, x) = 1.0f;
  const Image<float> start = random_image(30, 36, -1, 1, 5);
  batch.set_clip(0, {.parameters = start.view(), .target = target.view()});
  batch.evaluate(window_terms());
  const double before = batch.losses()[0].total();
  for (int step = 1; step <= 50; ++step) {
    batch.evaluate(window_terms());
    batch.adam({.step = step});
  }
  EXPECT_LT(batch.losses()[0].total(), before);
}

TEST(CpuIltBatch, VectorAlgebraMatchesSums) {
  cpu::CpuIltBatch batch(random_problem(0.0), 1);
  const Image<float> a = random_image(30, 36, -1, 1, 9);
  batch.set_clip(0, {.parameters = a.view(), .target = a.view()});
  const int v = batch.add_vectors(2);
  batch.combine(v, {2.0}, IltBatch::k_parameters, {0.0}, IltBatch::k_parameters);
  batch.combine(v + 1, {1.0}, v, {-3.0}, IltBatch::k_parameters);
  double expected = 0.0;
  for (float x : a) expected -= 2.0 * x * x;
  EXPECT_NEAR(batch.dot(v, v + 1)[0], expected, 1e-6 * std::abs(expected));
}

TEST(CpuIltBatch, CutOfALinearRampIsAtItsZero) {
  // Cubic convolution reproduces linear functions: a ramp zero at x = 20.3 pixels is cut there.
  ImagingProblem problem = random_problem(0.0);
  cpu::CpuIltBatch batch(problem, 1);
  Image<float> ramp(30, 36);
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 36; ++x) ramp(y, x) = static_cast<float>(x + 0.5 - 20.3);
  batch.set_clip(0, {.parameters = ramp.view(), .target = ramp.view()});
  Image<std::uint8_t> mask(240, 288);
  batch.cut_mask(0, 8, mask.view());
  for (int x = 16; x < 272; ++x) EXPECT_EQ(mask(100, x), (x + 0.5) / 8 > 20.3 ? 1 : 0) << x;
}

// Cubic convolution of the periodic parameters in double [Keys 1981], but where rounding may decide.
TEST(CpuIltBatch, CutIsWhereTheInterpolatedParametersArePositive) {
  const auto keys = [](double s) {
    s = std::abs(s);
    if (s >= 2.0) return 0.0;
    return s < 1.0 ? (1.5 * s - 2.5) * s * s + 1.0 : ((-0.5 * s + 2.5) * s - 4.0) * s + 2.0;
  };
  cpu::CpuIltBatch batch(random_problem(0.0), 1);
  const Image<float> p = random_image(30, 36, -1, 1, 12);
  batch.set_clip(0, {.parameters = p.view(), .target = p.view()});
  for (const int factor : {1, 2, 3, 4}) {
    Image<std::uint8_t> mask(30 * factor, 36 * factor);
    batch.cut_mask(0, factor, mask.view());
    for (int y = 0; y < mask.rows(); ++y)
      for (int x = 0; x < mask.cols(); ++x) {
        const double v = (y + 0.5) / factor - 0.5, u = (x + 0.5) / factor - 0.5;
        double sum = 0.0;
        for (int j = -3; j < 33; ++j)
          for (int i = -3; i < 39; ++i) sum += keys(v - j) * keys(u - i) * static_cast<double>(p((j + 30) % 30, (i + 36) % 36));
        if (std::abs(sum) < 1e-6) continue;
        EXPECT_EQ(mask(y, x), sum > 0.0 ? 1 : 0) << factor << ", " << y << ", " << x;
      }
  }
}

}  // namespace
}  // namespace reticle
