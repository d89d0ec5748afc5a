// SPDX-License-Identifier: Apache-2.0
// What a mask does to light: polarity, phase, bias, blur and edges, against closed forms.
#include "litho/imaging/mask_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "kernels/base/error.h"
#include "litho/imaging/mask_spectrum.h"
#include "litho/imaging/polygon_spectrum.h"
#include "litho/imaging/simulator.h"
#include "litho/metrology/print_metrics.h"
#include "tests/reference/brute_force.h"

namespace reticle {
namespace {

constexpr Box k_field{0.0, 0.0, 400.0, 320.0};

std::vector<Polygon> drawn() {
  return {{{60, 50}, {130, 50}, {130, 250}, {60, 250}},
          {{210, 80}, {340, 80}, {340, 150}, {280, 150}, {280, 230}, {210, 230}}};
}

Spectrum<double> amplitude_of(const MaskModel& mask) { return amplitude_spectrum(mask, drawn(), k_field, 6, 5); }

double difference(const Spectrum<double>& a, const Spectrum<double>& b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a.data()[i] - b.data()[i]));
  return largest;
}

// A line 100 nm wide across the whole field, its pixels 1 nm.
Image<double> line_pixels() {
  Image<double> pixels(320, 400);
  for (int y = 0; y < 320; ++y)
    for (int x = 150; x < 250; ++x) pixels(y, x) = 1.0;
  return pixels;
}

TEST(MaskModel, FieldsOfClearAndOpaqueDrawingsAddUpToTheClearField) {
  // Babinet: binary masks of the two polarities are complements, at every order.
  const Spectrum<double> clear = amplitude_of({}), opaque = amplitude_of({.drawn_side = DrawnSide::opaque});
  Spectrum<double> sum = clear;
  for (std::size_t i = 0; i < sum.size(); ++i) sum.data()[i] += opaque.data()[i];
  sum.at(0, 0) -= 1.0;
  EXPECT_LT(difference(sum, Spectrum<double>(6, 5)), 1e-15);
}

TEST(MaskModel, DrawnOpaqueIsTheComplementDrawnClear) {
  // The complement as polygons of its own: the field's frame around one rectangle.
  const Polygon hole{{100, 80}, {300, 80}, {300, 240}, {100, 240}};
  const std::vector<Polygon> around{{{0, 0}, {400, 0}, {400, 80}, {0, 80}},
                                    {{0, 240}, {400, 240}, {400, 320}, {0, 320}},
                                    {{0, 80}, {100, 80}, {100, 240}, {0, 240}},
                                    {{300, 80}, {400, 80}, {400, 240}, {300, 240}}};
  for (const double film : {0.0, 0.06}) {
    const MaskModel bright{.transmission = film, .drawn_side = DrawnSide::opaque}, dark{.transmission = film};
    EXPECT_LT(difference(amplitude_spectrum(bright, {&hole, 1}, k_field, 6, 5),
                         amplitude_spectrum(dark, around, k_field, 6, 5)),
              1e-12);
  }
}

TEST(MaskModel, PrintsOfTheTwoTonesAreComplements) {
  const Image<float> image = [] {
    Image<float> out(40, 70);
    for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = static_cast<float>(i % 11) / 11.0f;
    return out;
  }();
  const PrintLevel level{.threshold = 3.0 / 11.0, .tone = PrintTone::exposed};
  const PrintLevel other{.threshold = level.threshold, .tone = PrintTone::unexposed};
  const Image<std::uint8_t> a = print(image.view(), level), b = print(image.view(), other);
  const Image<std::uint8_t> bits = print_bits(image.view(), other).unpacked();
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a.data()[i] + b.data()[i], 1);
    EXPECT_EQ(bits.data()[i], b.data()[i]);
    EXPECT_EQ(level.prints(image.data()[i]), a.data()[i] == 1);
  }
}

TEST(MaskModel, BlurIsTheGaussiansTransform) {
  const MaskModel blurred{.transmission = 0.06, .phase_deg = 160.0, .blur_x_nm = 12.0, .blur_y_nm = 7.0};
  MaskModel sharp = blurred;
  sharp.blur_x_nm = sharp.blur_y_nm = 0.0;
  const Spectrum<double> a = amplitude_of(blurred), b = amplitude_of(sharp);
  const double fx = 3 / 400.0, fy = 2 / 320.0;
  const double factor = std::exp(-2.0 * std::pow(std::numbers::pi, 2) * (144.0 * fx * fx + 49.0 * fy * fy));
  EXPECT_LT(std::abs(a.at(3, -2) - factor * b.at(3, -2)), 1e-15);
  EXPECT_EQ(a.at(0, 0), b.at(0, 0));
}

TEST(MaskModel, PixelsOfWholeNanometresAreThePolygonsToTheirSampling) {
  OpticalModel model = reference::random_model(6, 5, 3, 1, 4);
  model.period_x_nm = k_field.width();
  model.period_y_nm = k_field.height();
  model.mask = {.transmission = 0.06, .phase_deg = 150.0, .drawn_side = DrawnSide::opaque, .blur_x_nm = 5.0,
                .blur_y_nm = 5.0};
  Simulator<double> simulator(model);
  const Polygon line{{150, 0}, {250, 0}, {250, 320}, {150, 320}};
  // Pixel centres weigh an order by x / sin x of half a pixel's phase: 4e-4 at the sixth order.
  EXPECT_LT(difference(simulator.mask_spectrum(line_pixels().view()),
                       simulator.mask_spectrum({&line, 1}, k_field)),
            2e-4);
}

TEST(MaskModel, BiasAndEdgesOfPixelsAreThoseOfPolygonsToSecondOrder) {
  OpticalModel model = reference::random_model(6, 5, 3, 1, 4);
  model.period_x_nm = k_field.width();
  model.period_y_nm = k_field.height();
  const Polygon line{{150, 0}, {250, 0}, {250, 320}, {150, 320}};
  for (const DrawnSide side : {DrawnSide::clear, DrawnSide::opaque})
    for (const double bias : {6.0, -6.0, 0.0})
      for (const double edge : {0.0, 6.0}) {
        model.mask = {.transmission = 0.06, .drawn_side = side, .bias_nm = bias,
                      .edges = {edge, {0.9, 0.1}, {0.4, 0.3}}};
        MaskModel plain = model.mask;
        plain.bias_nm = plain.edges.width_nm = 0.0;
        Simulator<double> simulator(model);
        const auto pixels = simulator.mask_spectrum(line_pixels().view());
        const auto polygons = simulator.mask_spectrum({&line, 1}, k_field);
        model.mask = plain;
        const double effect = difference(polygons, Simulator<double>(model).mask_spectrum({&line, 1}, k_field));
        // Strips lie up to 6 nm off, of a sixth order of 67 nm: the third order, and the smoothing over 1.4 nm.
        EXPECT_LT(difference(pixels, polygons), 0.05 * effect + 2e-4) << bias << ' ' << edge;
      }
}

TEST(MaskModel, GradientThroughComplexTransmissionAndBlurIsTheDifference) {
  OpticalModel model = reference::random_model(5, 4, 11, 2, 16);
  model.flare = 0.03;
  model.mask = {.transmission = 0.2, .phase_deg = 130.0, .drawn_side = DrawnSide::opaque, .blur_x_nm = 9.0,
                .blur_y_nm = 4.0};
  const Image<double> pixels = reference::random_mask(32, 40, 17), direction = reference::random_mask(32, 40, 18);
  const Image<double> weights = reference::random_mask(32, 40, 19);
  Simulator<double> simulator(model);
  const auto image = [&](double step) {
    Image<double> moved = pixels;
    for (std::size_t i = 0; i < moved.size(); ++i) moved.data()[i] += step * direction.data()[i];
    return simulator.image(simulator.intensity_spectrum(simulator.mask_spectrum(moved.view()), 1, 1.02), 32, 40);
  };
  const auto loss = [&](const Image<double>& i) {
    double sum = 0.0;
    for (std::size_t p = 0; p < i.size(); ++p) sum += weights.data()[p] * i.data()[p] * i.data()[p];
    return sum;
  };
  const double h = 1e-4;
  const double numeric =
      (8 * (loss(image(h)) - loss(image(-h))) - (loss(image(2 * h)) - loss(image(-2 * h)))) / (12 * h);
  Image<double> d_image = image(0.0);
  for (std::size_t p = 0; p < d_image.size(); ++p) d_image.data()[p] *= 2.0 * weights.data()[p];
  const Image<double> gradient = simulator.mask_gradient(1, 1.02, d_image.view(), 32, 40);
  double analytic = 0.0;
  for (std::size_t p = 0; p < gradient.size(); ++p) analytic += gradient.data()[p] * direction.data()[p];
  EXPECT_NEAR(analytic / numeric, 1.0, 1e-8);
}

TEST(MaskModel, WhatMakesNoSenseIsRefused) {
  EXPECT_THROW(validate(MaskModel{.transmission = 1.2}), Error);
  EXPECT_THROW(validate(MaskModel{.transmission = 1.0, .phase_deg = 360.0}), Error);
  EXPECT_THROW(validate(MaskModel{.blur_x_nm = 500.0}, 400.0, 400.0), Error);
  EXPECT_THROW(validate(MaskModel{.phase_deg = std::nan("")}), Error);
  OpticalModel model = reference::random_model(2, 2, 1, 1, 1);
  model.mask.drawn_side = DrawnSide::opaque;
  EXPECT_THROW(validate(model), Error);  // an opaque drawing does not print exposed
  model.resist.tone = PrintTone::unexposed;
  EXPECT_NO_THROW(validate(model));
}

}  // namespace
}  // namespace reticle
