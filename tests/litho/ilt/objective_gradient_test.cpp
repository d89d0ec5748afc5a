// SPDX-License-Identifier: Apache-2.0
// The whole objective of inverse lithography in double: parameters -> mask -> images -> prints ->
// loss and back, against finite differences, and the engine's single precision against that.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "kernels/cpu/band_transform.h"
#include "kernels/pixel/mask_bias.h"
#include "kernels/pixel/window_terms.h"
#include "litho/imaging/resist_image.h"
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

// Plain, and with all that a mask and a tone may be.
std::vector<OpticalModel> random_models();

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

std::vector<OpticalModel> random_models() {
  OpticalModel attenuated = random_model();
  attenuated.mask = {.transmission = 0.2,
                     .phase_deg = 140.0,
                     .drawn_side = DrawnSide::opaque,
                     .blur_x_nm = 7.0,
                     .blur_y_nm = 11.0};
  attenuated.resist.tone = PrintTone::unexposed;
  attenuated.flare = 0.04;
  OpticalModel dark = random_model();
  dark.mask = {.transmission = 0.06};
  dark.flare = 0.02;
  dark.resist.slope_nm = 5.0;
  dark.resist.diffusion_nm = 9.0;
  dark.resist.density = 0.1;
  dark.resist.density_range_nm = 25.0;
  return {random_model(), attenuated, dark};
}

// Corners at the two focuses, and one of a mask whose CDs are 5 nm too large.
constexpr double k_cd_error_nm = 5.0;

template <class S>
pixel::ProcessWindow<S> window(PrintTone tone, int conditions) {
  pixel::ProcessWindow<S> window;
  window.conditions = conditions;
  window.corners = conditions + 1;
  window.corner[0] = {0, S(1.0), S(1.0)};
  window.corner[1] = {0, S(1.02), S(0.2)};
  window.corner[2] = {1, S(0.98), S(0.0)};
  window.corner[3] = {2, S(1.0), S(0.5)};
  window.bands = 1;
  window.band[0] = {1, 2, S(2.0), S(0.7)};
  window.threshold = S(0.4);
  window.resist_slope = S(tone == PrintTone::exposed ? 8.0 : -8.0);
  return window;
}

struct Objective {
  double loss = 0.0;
  Image<double> gradient;
};

// The images of a mask through all the resist's terms, and back, in double: from the transforms
// alone.
class ResistImages {
 public:
  explicit ResistImages(const OpticalModel& model)
      : model_(model),
        simulator_(model),
        band_(k_rows, k_cols, 2 * simulator_.half_x(), 2 * simulator_.half_y(),
              cpu::Samples::at_centres) {}

  // Of a condition; the fields stay for the gradient of the same one.
  Image<double> image(const Image<double>& mask, int condition) {
    aerial_ = simulator_.intensity_spectrum(simulator_.mask_spectrum(mask.view()), condition);
    Image<double> out(k_rows, k_cols);
    resist_image(reader_, aerial_, model_.period_x_nm, model_.period_y_nm, model_.resist, FieldPixels{k_rows, k_cols},
                 std::span<double>(out.data(), out.size()));
    return out;
  }

  // dL/d(mask) from dL/dR.
  Image<double> gradient(int condition, const Image<double>& d_resist) {
    const ResistModel& resist = model_.resist;
    Spectrum<double> sum(aerial_.half_x(), aerial_.half_y()), part = sum;
    ResistModel linear = resist;
    linear.slope_nm = 0.0;
    band_.analyze(d_resist.view(), sum);
    expose(sum, model_.period_x_nm, model_.period_y_nm, linear);
    const Image<double> dx = derivative(true), dy = derivative(false);
    for (const bool along_x : {true, false}) {
      Image<double> weighted(k_rows, k_cols);
      for (std::size_t i = 0; i < weighted.size(); ++i)
        weighted.data()[i] = resist.slope_nm * d_resist.data()[i] * (along_x ? dx : dy).data()[i] /
                             std::hypot(dx.data()[i], dy.data()[i]);
      band_.analyze(weighted.view(), part);
      differentiate(part, along_x);
      for (std::size_t i = 0; i < sum.size(); ++i)
        sum.data()[i] -= part.data()[i];  // the transpose's sign
    }
    Image<double> d_aerial(k_rows, k_cols);
    band_.synthesize(sum, d_aerial.view());
    return simulator_.mask_gradient(condition, 1.0, d_aerial.view(), k_rows, k_cols);
  }

 private:
  void differentiate(Spectrum<double>& spectrum, bool along_x) const {
    diffuse(spectrum, model_.period_x_nm, model_.period_y_nm, model_.resist.diffusion_nm);
    for (int n = -spectrum.half_y(); n <= spectrum.half_y(); ++n)
      for (int m = -spectrum.half_x(); m <= spectrum.half_x(); ++m)
        spectrum.at(m, n) *= std::complex<double>(
            0.0,
            2.0 * std::numbers::pi * (along_x ? m / model_.period_x_nm : n / model_.period_y_nm));
  }
  Image<double> derivative(bool along_x) {
    Spectrum<double> spectrum = aerial_;
    differentiate(spectrum, along_x);
    Image<double> out(k_rows, k_cols);
    band_.synthesize(spectrum, out.view());
    return out;
  }

  const OpticalModel& model_;
  Simulator<double> simulator_;
  ImageReader<double> reader_;
  cpu::BandTransform<double> band_;
  Spectrum<double> aerial_;
};

Image<double> moved(const pixel::MaskBias<double>& bias, const Image<double>& mask) {
  Image<double> out(k_rows, k_cols);
  for (int y = 0; y < k_rows; ++y)
    for (int x = 0; x < k_cols; ++x) out(y, x) = bias.moved(mask.data(), y, x);
  return out;
}

Objective objective(ResistImages& images, const Image<double>& parameters,
                    const Image<double>& target, PrintTone tone, int conditions = 3) {
  const pixel::MaskBias<double> bias{k_rows, k_cols, k_cd_error_nm / k_pixel_nm};
  Image<double> mask(k_rows, k_cols);
  for (std::size_t i = 0; i < mask.size(); ++i)
    mask.data()[i] = pixel::sigmoid(k_mask_slope * parameters.data()[i]);
  const Image<double> masks[3] = {mask, mask, moved(bias, mask)};
  const int focus[3] = {0, 1, 0};
  Image<double> resist[3], slopes[3];
  for (int c = 0; c < conditions; ++c) {
    resist[c] = images.image(masks[c], focus[c]);
    slopes[c] = Image<double>(k_rows, k_cols);
  }
  Objective result{.gradient = Image<double>(k_rows, k_cols)};
  for (std::size_t i = 0; i < mask.size(); ++i) {
    double intensity[3], slope[3];
    for (int c = 0; c < conditions; ++c) intensity[c] = resist[c].data()[i];
    const auto terms =
        pixel::window_terms(window<double>(tone, conditions), intensity, target.data()[i], slope);
    result.loss += (terms.fidelity + terms.band) * k_pixel_nm * k_pixel_nm;
    for (int c = 0; c < conditions; ++c) slopes[c].data()[i] = slope[c] * k_pixel_nm * k_pixel_nm;
  }
  for (int c = 0; c < conditions; ++c) {
    images.image(masks[c], focus[c]);  // its fields are those of the gradient
    const Image<double> d_mask = images.gradient(focus[c], slopes[c]);
    for (int y = 0; y < k_rows; ++y)
      for (int x = 0; x < k_cols; ++x)
        result.gradient(y, x) +=
            (c < 2 ? d_mask(y, x) : bias.derivative(mask.data(), d_mask.data(), y, x)) *
            k_mask_slope * mask(y, x) * (1.0 - mask(y, x));
  }
  return result;
}

TEST(IltObjective, GradientInDoubleEqualsTheCentralDifferenceOnRandomMasks) {
  for (const OpticalModel& model : random_models())
    for (unsigned seed = 0; seed < 3; ++seed) {
      ResistImages simulator(model);
      const PrintTone tone = model.resist.tone;
      const Image<double> p = random_image(-1, 1, 10 + seed),
                          target = random_image(0, 1, 20 + seed);
      const Image<double> direction = random_image(-1, 1, 30 + seed);
      const auto loss_at = [&](double step) {
        Image<double> moved = p;
        for (std::size_t i = 0; i < p.size(); ++i) moved.data()[i] += step * direction.data()[i];
        return objective(simulator, moved, target, tone).loss;
      };
      // Fourth order: the truncation error is of order h^4, rounding of order 1e-16 / h.
      const double h = 2e-4;
      const double numeric =
          (8 * (loss_at(h) - loss_at(-h)) - (loss_at(2 * h) - loss_at(-2 * h))) / (12 * h);
      const Objective at = objective(simulator, p, target, tone);
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
  for (const OpticalModel& model : random_models()) {
    ResistImages simulator(model);
    const Image<double> p = random_image(-1, 1, 1), target = random_image(0, 1, 2);
    const int conditions =
        GetParam() == TestEngine::cpu ? 3 : 2;  // the CUDA engine takes no errors of the mask's CD
    const Objective expected = objective(simulator, p, target, model.resist.tone, conditions);

    Image<float> p_single(k_rows, k_cols), target_single(k_rows, k_cols), gradient(k_rows, k_cols);
    std::copy(p.begin(), p.end(), p_single.begin());
    std::copy(target.begin(), target.end(), target_single.begin());
    ImagingProblem problem = imaging_problem(model, k_rows, k_cols, k_pixel_nm);
    if (conditions == 3) {
      problem.stack.conditions.push_back(problem.stack.conditions.front());
      problem.stack.conditions.back().mask_bias_nm = k_cd_error_nm;
    }
    const auto batch = engine->make_ilt(problem, 1);
    batch->set_clip(0, {.parameters = p_single.view(), .target = target_single.view()});
    IltTerms terms{.window = window<float>(model.resist.tone, conditions),
                   .mask_slope = static_cast<float>(k_mask_slope)};
    batch->evaluate(terms);
    EXPECT_NEAR(batch->losses()[0].total(), expected.loss, 1e-5 * expected.loss);
    batch->combine(IltBatch::k_parameters, {1.0}, IltBatch::k_gradient, {0.0},
                   IltBatch::k_gradient);
    batch->get_parameters(0, gradient.view());
    double difference = 0.0, size = 0.0;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      difference += std::pow(gradient.data()[i] - expected.gradient.data()[i], 2);
      size += std::pow(expected.gradient.data()[i], 2);
    }
    EXPECT_LT(std::sqrt(difference / size), 1e-4);
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, IltObjectiveOn, testing::ValuesIn(k_test_engines),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace reticle
