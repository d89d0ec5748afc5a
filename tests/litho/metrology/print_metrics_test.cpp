// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/print_metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <utility>

#include "kernels/base/error.h"

namespace reticle {
namespace {

TEST(PrintMetrics, PixelsThatDifferAreCounted) {
  Image<float> intensity(2, 3, 0.1f);
  intensity(0, 1) = 0.225f;
  intensity(1, 2) = 0.5f;
  const auto printed = print(intensity.view(), {0.225f});
  const Image<std::uint8_t> target(2, 3, 1);
  EXPECT_EQ(l2_pixels(printed.view(), target.view()), 4);
  EXPECT_EQ(pv_band_pixels(printed.view(), printed.view()), 0);
}

TEST(PrintMetrics, PackedPrintHasThePixelsThatReachTheThreshold) {
  constexpr float inf = std::numeric_limits<float>::infinity();
  // Thresholds between floats, on one, and beyond all; intensities close to them and no numbers.
  const double third = 1.0 / 3.0, on = static_cast<double>(static_cast<float>(third));
  std::mt19937 random(8);
  for (const auto& [rows, cols] : {std::pair{1, 1}, {3, 64}, {5, 63}, {4, 200}}) {
    Image<float> intensity(rows, cols);
    for (float& i : intensity) {
      const float near[] = {std::nextafter(static_cast<float>(third), 0.0f), static_cast<float>(third),
                            std::nextafter(static_cast<float>(third), 1.0f), 0.0f, -0.0f, -inf, inf,
                            std::numeric_limits<float>::quiet_NaN()};
      i = near[random() % 8];
    }
    for (const double threshold : {third, on, on + 1e-12, on - 1e-12, 0.0, -0.0, 1e300, -1e300}) {
      Image<std::uint8_t> expected(rows, cols);
      for (std::size_t i = 0; i < expected.size(); ++i)
        expected.data()[i] = static_cast<double>(intensity.data()[i]) >= threshold;
      EXPECT_EQ(print(intensity.view(), {threshold}), expected) << rows << " x " << cols << " " << threshold;
      EXPECT_EQ(print_bits(intensity.view(), {threshold}), BitImage(expected)) << threshold;
    }
  }
}

TEST(PrintMetrics, ImagesOfDifferentSizeAreRefused) {
  const Image<std::uint8_t> a(2, 3), b(3, 2);
  EXPECT_THROW(l2_pixels(a.view(), b.view()), Error);
}

}  // namespace
}  // namespace reticle
