// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/simulator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "kernels/base/error.h"
#include "tests/reference/brute_force.h"

namespace reticle {
namespace {

using reference::random_mask;
using reference::random_model;

Image<float> to_float(const Image<double>& image) {
  Image<float> out(image.rows(), image.cols());
  std::copy(image.begin(), image.end(), out.begin());
  return out;
}

template <class A, class B>
double largest_difference(const Image<A>& a, const Image<B>& b) {
  double worst = 0.0;
  for (int y = 0; y < a.rows(); ++y)
    for (int x = 0; x < a.cols(); ++x)
      worst = std::max(worst, std::abs(static_cast<double>(a(y, x)) - static_cast<double>(b(y, x))));
  return worst;
}

template <class T>
Image<T> image_of(Simulator<T>& simulator, const Image<T>& mask, int condition) {
  const Spectrum<T> intensity =
      simulator.intensity_spectrum(simulator.mask_spectrum(mask.view()), condition);
  return simulator.image(intensity, mask.rows(), mask.cols());
}

double largest(const Image<double>& image) { return *std::max_element(image.begin(), image.end()); }

// What is drawn is the union, and of each polygon what it winds around.
TEST(MaskSpectrum, OfOverlappingAndCrossingPolygonsIsThatOfWhatTheyCover) {
  const OpticalModel model = random_model(5, 4, 3, 1, 1);
  const Simulator<double> simulator(model);
  const Box field{0.0, 0.0, model.period_x_nm, model.period_y_nm};
  const double u = model.period_x_nm / 16.0, v = model.period_y_nm / 16.0;
  const auto at = [&](double x, double y) { return Point{std::round(x * u), std::round(y * v)}; };
  const auto same = [&](const std::vector<Polygon>& drawn, const std::vector<Polygon>& covered) {
    const Spectrum<double> one = simulator.mask_spectrum(drawn, field), other = simulator.mask_spectrum(covered, field);
    for (std::size_t i = 0; i < one.size(); ++i) EXPECT_NEAR(std::abs(one.data()[i] - other.data()[i]), 0.0, 1e-9);
  };
  same({{at(2, 2), at(8, 2), at(8, 8), at(2, 8)}, {at(5, 2), at(5, 8), at(12, 8), at(12, 2)}}, {{at(2, 2), at(12, 2), at(12, 8), at(2, 8)}});
  same({{at(2, 2), at(8, 2), at(8, 8), at(2, 8)}, {at(2, 2), at(8, 2), at(8, 8), at(2, 8)}}, {{at(2, 2), at(8, 2), at(8, 8), at(2, 8)}});
  // An 8, by right angles and by slanted ones; a square walked twice.
  same({{at(2, 2), at(6, 2), at(6, 10), at(10, 10), at(10, 6), at(2, 6)}},
       {{at(2, 2), at(6, 2), at(6, 6), at(2, 6)}, {at(6, 6), at(10, 6), at(10, 10), at(6, 10)}});
  same({{at(2, 2), at(10, 10), at(10, 2), at(2, 10)}}, {{at(2, 2), at(6, 6), at(2, 10)}, {at(10, 2), at(10, 10), at(6, 6)}});
  same({{at(2, 2), at(8, 2), at(8, 8), at(2, 8), at(2, 2), at(8, 2), at(8, 8), at(2, 8)}}, {{at(2, 2), at(8, 2), at(8, 8), at(2, 8)}});
}

TEST(WrongArguments, OfASimulatorAreExceptions) {
  const OpticalModel model = random_model(5, 4, 3, 2, 1);
  Simulator<double> simulator(model);
  const Spectrum<double> mask = simulator.mask_spectrum(random_mask(48, 60, 2).view());
  const Image<double> ones(48, 60, 1.0);
  for (const int condition : {-1, 2, 7}) {
    EXPECT_THROW(simulator.intensity_spectrum(mask, condition), Error) << condition;
    EXPECT_THROW(simulator.mask_gradient(condition, 1.0, ones.view(), 48, 60), Error) << condition;
  }
  EXPECT_THROW(simulator.mask_gradient(0, 1.0, ones.view(), 48, 60), Error);  // before an image
  simulator.intensity_spectrum(mask, 0);
  EXPECT_NO_THROW(simulator.mask_gradient(0, 1.0, ones.view(), 48, 60));
  EXPECT_THROW(simulator.mask_gradient(1, 1.0, ones.view(), 48, 60), Error);
  EXPECT_THROW(simulator.intensity_spectrum(Spectrum<double>(1, 1), 0), Error);
}

TEST(AerialImage, EqualsTheBruteForceSum) {
  const OpticalModel model = random_model(5, 4, 11, 2, 1);  // 11 kernels: a lane group left part empty
  const Image<double> mask = random_mask(48, 60, 2);
  Simulator<double> exact(model);
  Simulator<float> fast(model);
  for (int condition : {0, 1}) {
    const Image<double> reference = reference::aerial_image(mask, model.conditions[condition]);
    const double scale = largest(reference);
    // Rounding only: both evaluate the same finite sums.
    EXPECT_LT(largest_difference(image_of(exact, mask, condition), reference), 1e-12 * scale);
    EXPECT_LT(largest_difference(image_of(fast, to_float(mask), condition), reference), 1e-5 * scale);
  }
}

TEST(AerialImage, ClearFieldIsTheSumOfTheWeightedMeanKernels) {
  const OpticalModel model = random_model(5, 4, 11, 1, 3);
  double expected = 0.0;
  const SocsKernels& set = model.conditions[0];
  for (int k = 0; k < set.count(); ++k)
    expected += set.weights[k] * std::norm(set.kernel(k)[4 * set.cols() + 5]);
  Simulator<double> simulator(model);
  const Image<double> image = image_of(simulator, Image<double>(30, 32, 1.0), 0);
  for (double value : image) EXPECT_NEAR(value, expected, 1e-13);
}

TEST(AerialImage, ShiftOfMaskByWholePixelsShiftsImage) {
  const OpticalModel model = random_model(5, 4, 8, 1, 4);
  const Image<double> mask = random_mask(40, 48, 5);
  Image<double> shifted(40, 48);
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 48; ++x) shifted((y + 7) % 40, (x + 13) % 48) = mask(y, x);
  Simulator<double> simulator(model);
  const Image<double> image = image_of(simulator, mask, 0);
  const Image<double> image_of_shifted = image_of(simulator, shifted, 0);
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 48; ++x)
      EXPECT_NEAR(image_of_shifted((y + 7) % 40, (x + 13) % 48), image(y, x), 1e-13);
}

TEST(AerialImage, FractionalShiftOfPolygonsShiftsImage) {
  const OpticalModel model = random_model(5, 4, 8, 1, 6);
  const Box field{0, 0, model.period_x_nm, model.period_y_nm};
  const std::vector<Polygon> design = {{{100, 90}, {300, 90}, {300, 140}, {150, 400}}};
  std::vector<Polygon> moved = design;
  for (Point& p : moved[0]) p = {p.x + 3.37, p.y - 1.91};
  Simulator<double> simulator(model);
  const auto still = simulator.intensity_spectrum(simulator.mask_spectrum(design, field), 0);
  const auto shifted = simulator.intensity_spectrum(simulator.mask_spectrum(moved, field), 0);
  for (const Point p : {Point{10, 20}, Point{200, 130}, Point{333.3, 77.7}})
    EXPECT_NEAR(intensity_at(shifted, field, {p.x + 3.37, p.y - 1.91}),
                intensity_at(still, field, p), 1e-13);
}

TEST(AerialImage, IsTheSameOnEveryGrid) {
  const OpticalModel model = random_model(5, 4, 8, 1, 7);
  const Box field{-10, 30, -10 + model.period_x_nm, 30 + model.period_y_nm};
  Simulator<double> simulator(model);
  const auto intensity =
      simulator.intensity_spectrum(simulator.mask_spectrum(random_mask(32, 40, 8).view()), 0);
  const Image<double> fine = simulator.image(intensity, 64, 80);  // 8 nm pixels
  const Grid window{.rows = 9, .cols = 7, .pixel_nm = 3.3, .origin_x_nm = 17.0, .origin_y_nm = 61.0};
  const Image<double> cut = intensity_on(intensity, field, window);
  EXPECT_NEAR(fine(20, 30), intensity_at(intensity, field, {-10 + 30.5 * 8, 30 + 20.5 * 8}), 1e-13);
  EXPECT_NEAR(cut(4, 5), intensity_at(intensity, field, {17 + 5.5 * 3.3, 61 + 4.5 * 3.3}), 1e-13);
}

TEST(AerialImage, FieldsOfACoherentSystemSuperpose) {
  // One kernel, masks a and b: |E_a + E_b|^2 + |E_a - E_b|^2 = 2 |E_a|^2 + 2 |E_b|^2.
  const OpticalModel model = random_model(5, 4, 1, 1, 9);
  const Image<double> a = random_mask(32, 40, 10), b = random_mask(32, 40, 11);
  Image<double> sum(32, 40), difference(32, 40);
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 40; ++x) {
      sum(y, x) = a(y, x) + b(y, x);
      difference(y, x) = a(y, x) - b(y, x);
    }
  Simulator<double> simulator(model);
  const auto ia = image_of(simulator, a, 0), ib = image_of(simulator, b, 0);
  const auto is = image_of(simulator, sum, 0), id = image_of(simulator, difference, 0);
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 40; ++x)
      EXPECT_NEAR(is(y, x) + id(y, x), 2 * ia(y, x) + 2 * ib(y, x), 1e-12);
}

TEST(AerialImage, MeanIsTheEnergyOfTheFields) {
  // Parseval: mean intensity = sum_k w_k sum_mn |H_k c|^2.
  const OpticalModel model = random_model(5, 4, 8, 1, 12);
  Simulator<double> simulator(model);
  const Spectrum<double> mask = simulator.mask_spectrum(random_mask(32, 40, 13).view());
  double energy = 0.0;
  const SocsKernels& set = model.conditions[0];
  for (int k = 0; k < set.count(); ++k)
    for (std::size_t i = 0; i < mask.size(); ++i)
      energy += set.weights[k] * std::norm(set.kernel(k)[i] * mask.data()[i]);
  EXPECT_NEAR(simulator.intensity_spectrum(mask, 0).at(0, 0).real(), energy, 1e-13);
}

TEST(AerialImage, DoseScalesIntensityBySquare) {
  const OpticalModel model = random_model(3, 3, 4, 1, 14);
  Simulator<double> simulator(model);
  const Spectrum<double> mask = simulator.mask_spectrum(random_mask(32, 40, 15).view());
  const auto once = simulator.intensity_spectrum(mask, 0), more = simulator.intensity_spectrum(mask, 0, 1.02);
  EXPECT_NEAR(more.at(1, 2).real(), 1.02 * 1.02 * once.at(1, 2).real(), 1e-15);
}

TEST(AerialImage, DiffusionDampsEachHarmonic) {
  Spectrum<double> spectrum(2, 2);
  spectrum.at(2, 0) = 1.0;
  diffuse(spectrum, 200.0, 300.0, 10.0);
  // Harmonic 2 of period 200 nm, sigma 10 nm: exp(-2 (pi 2 10 / 200)^2).
  EXPECT_NEAR(spectrum.at(2, 0).real(), std::exp(-2.0 * std::pow(std::numbers::pi * 0.1, 2)), 1e-15);
}

TEST(MaskGradient, EqualsTheCentralDifference) {
  OpticalModel model = random_model(5, 4, 11, 2, 16);
  model.stage_blur_nm = 8.0;
  model.flare = 0.03;
  const Image<double> mask = random_mask(32, 40, 17), direction = random_mask(32, 40, 18);
  const Image<double> weights = random_mask(64, 80, 19);  // L = sum weights * I^2 on a finer grid
  Simulator<double> simulator(model);
  const double dose = 1.02;
  const auto image = [&](double step) {
    Image<double> moved = mask;
    for (int y = 0; y < 32; ++y)
      for (int x = 0; x < 40; ++x) moved(y, x) += step * direction(y, x);
    return simulator.image(
        simulator.intensity_spectrum(simulator.mask_spectrum(moved.view()), 1, dose), 64, 80);
  };
  const auto loss = [&](const Image<double>& i) {
    double sum = 0.0;
    for (int y = 0; y < 64; ++y)
      for (int x = 0; x < 80; ++x) sum += weights(y, x) * i(y, x) * i(y, x);
    return sum;
  };
  // L is a quartic of the mask: the central difference errs by h^2, rounding by 1e-16 / h.
  const double h = 1e-4;
  const double numeric = (8 * (loss(image(h)) - loss(image(-h))) -
                          (loss(image(2 * h)) - loss(image(-2 * h)))) / (12 * h);
  Image<double> d_image = image(0.0);
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 80; ++x) d_image(y, x) *= 2.0 * weights(y, x);
  const Image<double> gradient = simulator.mask_gradient(1, dose, d_image.view(), 32, 40);
  double analytic = 0.0;
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 40; ++x) analytic += gradient(y, x) * direction(y, x);
  EXPECT_NEAR(analytic / numeric, 1.0, 1e-9);
}

TEST(Simulator, WrongSpectrumSizeIsRefused) {
  Simulator<float> simulator(random_model(5, 4, 3, 1, 20));
  EXPECT_THROW(simulator.intensity_spectrum(Spectrum<float>(4, 4), 0), Error);
}

}  // namespace
}  // namespace reticle
