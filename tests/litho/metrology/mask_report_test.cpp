// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/mask_report.h"

#include <gtest/gtest.h>

#include <limits>
#include <utility>

#include "kernels/base/error.h"

namespace reticle {
namespace {

TEST(MaskReport, PerfectPrintOfASquareHasNoError) {
  const Grid grid{128, 128};
  Image<std::uint8_t> square(128, 128);
  Image<float> intensity(128, 128);
  for (int y = 40; y < 80; ++y) {
    for (int x = 40; x < 80; ++x) {
      square(y, x) = 1;
      intensity(y, x) = 1.0f;
    }
  }
  const MaskReport report = measure(
      square.view(), {square.view(), intensity.view(), square.view(), square.view()}, {0.5}, grid);
  EXPECT_EQ(report.l2_nm2, 0);
  EXPECT_EQ(report.pv_band_nm2, 0);
  EXPECT_EQ(report.epe_violations, 0);
  EXPECT_NEAR(report.epe_max_nm, 0.0, 1e-9);  // the step's cubic is antisymmetric about the edge
  EXPECT_EQ(report.shots, 1);
  EXPECT_EQ(report.rules.components, 1);
  EXPECT_NEAR(report.rules.min_width.value().distance_nm, 40.0, 1e-9);
}

TEST(MaskReport, ImagesOffTheGridAreRefused) {
  const Image<std::uint8_t> mask(64, 64), other(64, 32);
  const Image<float> intensity(64, 64);
  EXPECT_THROW(measure(mask.view(), {other.view(), intensity.view(), mask.view(), mask.view()}, {0.5},
                       {64, 64}),
               Error);
  EXPECT_THROW(measure(mask.view(), {mask.view(), intensity.view(), mask.view(), other.view()}, {0.5},
                       {64, 64}),
               Error);
}

TEST(MaskReport, IntensityThatIsNotFiniteIsRefusedWhereverItIs) {
  const Grid grid{70, 130};
  const Image<std::uint8_t> mask(70, 130);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    for (const auto& [y, x] : {std::pair{0, 0}, {69, 129}, {33, 64}}) {
      Image<float> intensity(70, 130, std::numeric_limits<float>::max());
      const MaskPrints prints{mask.view(), intensity.view(), mask.view(), mask.view()};
      EXPECT_NO_THROW(measure(mask.view(), prints, {0.5}, grid));
      intensity(y, x) = bad;
      EXPECT_THROW(measure(mask.view(), prints, {0.5}, grid), Error);
    }
  }
}

}  // namespace
}  // namespace reticle
