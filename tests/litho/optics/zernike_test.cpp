// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/zernike.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "kernels/base/error.h"

namespace reticle {
namespace {

TEST(FringeZernike, FirstTermsAreTheirFormulas) {
  const double x = 0.31, y = -0.52, r = std::hypot(x, y), t = std::atan2(y, x);
  const double expected[] = {1, x, y, 2 * r * r - 1, r * r * std::cos(2 * t), r * r * std::sin(2 * t),
                             (3 * r * r * r - 2 * r) * std::cos(t), (3 * r * r * r - 2 * r) * std::sin(t),
                             6 * std::pow(r, 4) - 6 * r * r + 1, r * r * r * std::cos(3 * t)};
  for (int j = 1; j <= 10; ++j) EXPECT_NEAR(fringe_zernike(j, x, y), expected[j - 1], 1e-14) << j;
}

TEST(FringeZernike, LargestValueIsOneAndRotationalTermsEndAtOne) {
  for (const int j : {4, 9, 16, 25, 36, 37}) EXPECT_NEAR(fringe_zernike(j, 1.0, 0.0), 1.0, 1e-9) << j;
}

TEST(FringeZernike, TermsAreOrthogonalOnTheDisc) {
  // Gauss-Legendre-like midpoint rule in r^2, uniform in angle: exact to 4e-4 for these degrees.
  const int rings = 200, spokes = 48;
  for (int i = 1; i <= 37; ++i)
    for (int j = 1; j < i; ++j) {
      double sum = 0.0;
      for (int a = 0; a < rings; ++a) {
        const double r = std::sqrt((a + 0.5) / rings);
        for (int b = 0; b < spokes; b += 1) {
          const double t = 2.0 * std::numbers::pi * (b + 0.25) / spokes;
          sum += fringe_zernike(i, r * std::cos(t), r * std::sin(t)) *
                 fringe_zernike(j, r * std::cos(t), r * std::sin(t));
        }
      }
      EXPECT_NEAR(sum / (rings * spokes), 0.0, 4e-4) << i << ' ' << j;
    }
}

TEST(FringeZernike, IndexOutOfRangeIsRefused) {
  EXPECT_THROW(fringe_zernike(0, 0, 0), Error);
  EXPECT_THROW(fringe_zernike(38, 0, 0), Error);
}

}  // namespace
}  // namespace reticle
