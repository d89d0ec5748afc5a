// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/unresolved.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <random>

namespace reticle {
namespace {

// Order (m, n) of pixels that cover the field, each as a point at its centre, in double.
template <class Pixel>
std::complex<double> order(const Image<Pixel>& image, int m, int n) {
  std::complex<double> sum = 0.0;
  for (int y = 0; y < image.rows(); ++y)
    for (int x = 0; x < image.cols(); ++x)
      sum += static_cast<double>(image(y, x)) *
             std::polar(1.0, -2.0 * std::numbers::pi * (m * (x + 0.5) / image.cols() + n * (y + 0.5) / image.rows()));
  return sum / static_cast<double>(image.size());
}

TEST(Unresolved, WithTheGreyMaskHasTheOrdersOfTheWrittenOne) {
  std::mt19937 generator(5);
  Image<std::uint8_t> written(80, 96);
  for (std::uint8_t& pixel : written) pixel = generator() % 3 == 0;
  Image<float> grey(20, 24);
  for (float& pixel : grey) pixel = static_cast<float>(generator() % 1000) / 1000.0f;
  Image<float> sum = unresolved(written, grey, 5, 4);
  for (std::size_t i = 0; i < sum.size(); ++i) sum.data()[i] += grey.data()[i];
  for (int n = -4; n <= 4; ++n)
    for (int m = -5; m <= 5; ++m)  // single precision, of numbers up to 1
      EXPECT_LT(std::abs(order(sum, m, n) - order(written, m, n)), 1e-6) << m << ", " << n;
}

TEST(Unresolved, IsNothingOfAMaskThatTheGridHolds) {
  Image<std::uint8_t> written(32, 32);
  Image<float> grey(32, 32);
  for (int y = 8; y < 20; ++y)
    for (int x = 4; x < 30; ++x) written(y, x) = 1, grey(y, x) = 1.0f;
  for (const float value : unresolved(written, grey, 6, 6)) EXPECT_NEAR(value, 0.0f, 1e-6f);
}

}  // namespace
}  // namespace reticle
