// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/binary_transform.h"

#include <gtest/gtest.h>

#include <complex>
#include <numbers>
#include <random>

namespace reticle::cpu {
namespace {

// Runs of random lengths, rows that repeat, and runs up to either end.
Image<std::uint8_t> random_mask(int rows, int cols, unsigned seed) {
  std::mt19937 random(seed);
  Image<std::uint8_t> mask(rows, cols);
  for (int y = 0; y < rows; ++y) {
    if (y > 0 && random() % 2 == 0) {
      std::copy_n(mask.row(y - 1), cols, mask.row(y));
      continue;
    }
    std::uint8_t tone = random() % 2;
    for (int x = 0; x < cols; ++x) {
      if (random() % 7 == 0) tone ^= 1;
      mask(y, x) = tone;
    }
  }
  return mask;
}

template <class T>
double largest_error(int rows, int cols, int half_x, int half_y, unsigned seed) {
  const Image<std::uint8_t> mask = random_mask(rows, cols, seed);
  Spectrum<T> spectrum(half_x, half_y);
  BinaryTransform<T>(rows, cols, half_x, half_y).analyze(mask.view(), spectrum);
  double largest = 0.0;
  for (int n = -half_y; n <= half_y; ++n)
    for (int m = -half_x; m <= half_x; ++m) {
      std::complex<double> sum = 0.0;
      for (int y = 0; y < rows; ++y)
        for (int x = 0; x < cols; ++x)
          if (mask(y, x) != 0)
            sum += std::polar(1.0, -2.0 * std::numbers::pi * (m * (x + 0.5) / cols + n * (y + 0.5) / rows));
      largest = std::max(largest, std::abs(std::complex<double>(spectrum.at(m, n)) - sum / static_cast<double>(mask.size())));
    }
  return largest;
}

TEST(BinaryTransform, MatchesTheDefinition) {
  unsigned seed = 1;
  for (const auto& [rows, cols, half_x, half_y] : {std::array{64, 64, 5, 7}, std::array{75, 61, 8, 3}, std::array{130, 200, 17, 17},
                                                   std::array{1, 9, 2, 0}, std::array{9, 1, 0, 2}}) {
    EXPECT_LT(largest_error<double>(rows, cols, half_x, half_y, seed), 1e-14) << rows << " x " << cols;
    // A row's ends are known to half a unit in the last place each.
    EXPECT_LT(largest_error<float>(rows, cols, half_x, half_y, seed), 1e-7) << rows << " x " << cols;
    ++seed;
  }
}

}  // namespace
}  // namespace reticle::cpu
