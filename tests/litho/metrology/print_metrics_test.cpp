#include "litho/metrology/print_metrics.h"

#include <gtest/gtest.h>

#include "kernels/base/error.h"

namespace reticle {
namespace {

TEST(PrintMetrics, PixelsThatDifferAreCounted) {
  Image<float> intensity(2, 3, 0.1f);
  intensity(0, 1) = 0.225f;
  intensity(1, 2) = 0.5f;
  const auto printed = print(intensity.view(), 0.225f);
  const Image<std::uint8_t> target(2, 3, 1);
  EXPECT_EQ(l2_pixels(printed.view(), target.view()), 4);
  EXPECT_EQ(pv_band_pixels(printed.view(), printed.view()), 0);
}

TEST(PrintMetrics, ImagesOfDifferentSizeAreRefused) {
  const Image<std::uint8_t> a(2, 3), b(3, 2);
  EXPECT_THROW(l2_pixels(a.view(), b.view()), Error);
}

}  // namespace
}  // namespace reticle
