// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/interpolate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <tuple>

#include "kernels/cpu/resample.h"

namespace reticle {
namespace {

Image<float> random_image(int rows, int cols, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> value(-1.0f, 1.0f);
  Image<float> image(rows, cols);
  for (float& v : image) v = value(random);
  return image;
}

double keys(double s) {
  s = std::abs(s);
  if (s >= 2.0) return 0.0;
  return s < 1.0 ? 1.5 * s * s * s - 2.5 * s * s + 1.0
                 : -0.5 * s * s * s + 2.5 * s * s - 4.0 * s + 2.0;
}

// The periodic sum over all pixels, in double.
double at(const Image<float>& image, double y, double x) {
  double sum = 0.0;
  const auto wrap = [](int i, int n) { return (i % n + n) % n; };
  for (int v = static_cast<int>(std::floor(y)) - 2; v <= y + 2; ++v)
    for (int u = static_cast<int>(std::floor(x)) - 2; u <= x + 2; ++u)
      sum += keys(y - v) * keys(x - u) *
             static_cast<double>(image(wrap(v, image.rows()), wrap(u, image.cols())));
  return sum;
}

TEST(Resample, IsTheCubicConvolutionAlongBothAxes) {
  for (const auto& [rows, cols, to_rows, to_cols] :
       {std::tuple{8, 8, 16, 16}, {5, 9, 20, 63}, {12, 7, 130, 65}, {20, 30, 7, 11}}) {
    const Image<float> image = random_image(rows, cols, 2);
    const Image<float> fine = cpu::resample(image.view(), to_rows, to_cols);
    double worst = 0.0;
    for (int y = 0; y < to_rows; ++y)
      for (int x = 0; x < to_cols; ++x)
        worst = std::max(worst, std::abs(fine(y, x) - at(image, (y + 0.5) * rows / to_rows - 0.5,
                                                         (x + 0.5) * cols / to_cols - 0.5)));
    EXPECT_LT(worst, 2e-6);  // a dozen roundings of numbers up to 2 in float
  }
}

TEST(Resample, PixelsAboveZeroAreThoseOfTheResampledImage) {
  for (const auto& [rows, cols] : {std::pair{64, 64}, {63, 130}, {1, 65}, {256, 200}}) {
    const Image<float> image = random_image(17, 23, static_cast<unsigned>(rows));
    const Image<float> fine = cpu::resample(image.view(), rows, cols);
    Image<std::uint8_t> expected(rows, cols);
    for (std::size_t i = 0; i < fine.size(); ++i) expected.data()[i] = fine.data()[i] > 0.0f;
    EXPECT_EQ(positive_where_resampled(image, rows, cols), BitImage(expected));
    EXPECT_FALSE(positive_where_resampled(Image<float>(4, 4), rows, cols).any());
  }
}

}  // namespace
}  // namespace reticle
