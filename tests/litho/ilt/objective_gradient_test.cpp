// The whole objective of inverse lithography in double: parameters -> mask -> images -> prints ->
// loss and back, against finite differences, and the engine's single precision against that.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "kernels/pixel/window_terms.h"
#include "litho/imaging/simulator.h"
#include "litho/imaging/socs.h"
#include "tests/kernels/test_engines.h"

namespace reticle {
namespace {

constexpr int k_rows = 40, k_cols = 48;
constexpr double k_pixel_nm = 8.0, k_mask_slope = 3.0;

Image<double> random_image(double low, double high, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<double> uniform(low, high);
  Image<double> image(k_rows, k_cols);
  for (double& v : image) v = uniform(generator);
  return image;
}

OpticalModel random_model() {
  std::mt19937 generator(4);
  std::normal_distribution<double> normal;
  OpticalModel model;
  model.period_x_nm = k_cols * k_pixel_nm;
  model.period_y_nm = k_rows * k_pixel_nm;
  model.resist.threshold = 0.4;
  for (const char* name : {"focus", "defocus"}) {
    SocsKernels kernels{.name = name, .half_x = 5, .half_y = 4};
    for (int k = 0; k < 6; ++k) {
      kernels.weights.push_back(1.0 / (1 + k));
      for (int i = 0; i < 9 * 11; ++i)
        kernels.coefficients.emplace_back(0.2 * normal(generator), 0.2 * normal(generator));
    }
    model.conditions.push_back(std::move(kernels));
  }
  return model;
}

template <class S>
pixel::ProcessWindow<S> window() {
  pixel::ProcessWindow<S> window;
  window.conditions = 2;
  window.corners = 3;
  window.corner[0] = {0, S(1.0), S(1.0)};
  window.corner[1] = {0, S(1.02), S(0.2)};
  window.corner[2] = {1, S(0.98), S(0.0)};
  window.bands = 1;
  window.band[0] = {1, 2, S(2.0)};
  window.threshold = S(0.4);
  window.resist_slope = S(8.0);
  return window;
}

struct Objective {
  double loss = 0.0;
  Image<double> gradient;
};

Objective objective(Simulator<double>& simulator, const Image<double>& parameters,
                    const Image<double>& target) {
  Image<double> mask(k_rows, k_cols);
  for (std::size_t i = 0; i < mask.size(); ++i)
    mask.data()[i] = pixel::sigmoid(k_mask_slope * parameters.data()[i]);
  const Spectrum<double> spectrum = simulator.mask_spectrum(mask.view());
  Image<double> images[2], slopes[2];
  for (int c = 0; c < 2; ++c) {
    images[c] = simulator.image(simulator.intensity_spectrum(spectrum, c), k_rows, k_cols);
    slopes[c] = Image<double>(k_rows, k_cols);
  }
  Objective result{.gradient = Image<double>(k_rows, k_cols)};
  for (std::size_t i = 0; i < mask.size(); ++i) {
    const double intensity[2] = {images[0].data()[i], images[1].data()[i]};
    double slope[2];
    const auto terms =
        pixel::window_terms(window<double>(), intensity, target.data()[i], slope);
    result.loss += (terms.fidelity + terms.band) * k_pixel_nm * k_pixel_nm;
    for (int c = 0; c < 2; ++c) slopes[c].data()[i] = slope[c] * k_pixel_nm * k_pixel_nm;
  }
  for (int c = 0; c < 2; ++c) {
    const Image<double> part =
        simulator.mask_gradient(c, 1.0, slopes[c].view(), k_rows, k_cols);
    for (std::size_t i = 0; i < mask.size(); ++i)
      result.gradient.data()[i] +=
          part.data()[i] * k_mask_slope * mask.data()[i] * (1.0 - mask.data()[i]);
  }
  return result;
}

TEST(IltObjective, GradientInDoubleEqualsTheCentralDifferenceOnRandomMasks) {
  Simulator<double> simulator(random_model());
  for (unsigned seed = 0; seed < 5; ++seed) {
    const Image<double> p = random_image(-1, 1, 10 + seed), target = random_image(0, 1, 20 + seed);
    const Image<double> direction = random_image(-1, 1, 30 + seed);
    const auto loss_at = [&](double step) {
      Image<double> moved = p;
      for (std::size_t i = 0; i < p.size(); ++i) moved.data()[i] += step * direction.data()[i];
      return objective(simulator, moved, target).loss;
    };
    // Fourth order: the truncation error is of order h^4, rounding of order 1e-16 / h.
    const double h = 2e-4;
    const double numeric =
        (8 * (loss_at(h) - loss_at(-h)) - (loss_at(2 * h) - loss_at(-2 * h))) / (12 * h);
    const Objective at = objective(simulator, p, target);
    double analytic = 0.0;
    for (std::size_t i = 0; i < p.size(); ++i)
      analytic += at.gradient.data()[i] * direction.data()[i];
    EXPECT_NEAR(analytic, numeric, 1e-6 * std::abs(numeric)) << "seed " << seed;
  }
}

class IltObjectiveOn : public testing::TestWithParam<TestEngine> {};

TEST_P(IltObjectiveOn, SinglePrecisionAgreesWithDouble) {
  std::string reason;
  const auto engine = make_test_engine(GetParam(), reason);
  if (!engine) GTEST_SKIP() << reason;
  const OpticalModel model = random_model();
  Simulator<double> simulator(model);
  const Image<double> p = random_image(-1, 1, 1), target = random_image(0, 1, 2);
  const Objective expected = objective(simulator, p, target);

  Image<float> p_single(k_rows, k_cols), target_single(k_rows, k_cols), gradient(k_rows, k_cols);
  std::copy(p.begin(), p.end(), p_single.begin());
  std::copy(target.begin(), target.end(), target_single.begin());
  const auto batch = engine->make_ilt({socs_stack(model), k_rows, k_cols, k_pixel_nm}, 1);
  batch->set_clip(0, {.parameters = p_single.view(), .target = target_single.view()});
  IltTerms terms{.window = window<float>(), .mask_slope = static_cast<float>(k_mask_slope)};
  batch->evaluate(terms);
  EXPECT_NEAR(batch->losses()[0].total(), expected.loss, 1e-5 * expected.loss);
  batch->combine(IltBatch::k_parameters, {1.0}, IltBatch::k_gradient, {0.0}, IltBatch::k_gradient);
  batch->get_parameters(0, gradient.view());
  double difference = 0.0, size = 0.0;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    difference += std::pow(gradient.data()[i] - expected.gradient.data()[i], 2);
    size += std::pow(expected.gradient.data()[i], 2);
  }
  EXPECT_LT(std::sqrt(difference / size), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Engines, IltObjectiveOn, testing::ValuesIn(k_test_engines),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace reticle
