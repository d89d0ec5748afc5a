#include "litho/geometry/contour.h"

#include <gtest/gtest.h>

#include <random>

#include "kernels/base/error.h"
#include "litho/geometry/polygon_area.h"
#include "litho/geometry/rasterize.h"

namespace reticle {
namespace {

TEST(TracePixels, RasterOfTheRingsIsTheMask) {
  std::mt19937 random(11);
  const Grid grid{40, 50, 2.0, -7.0, 3.0};
  Image<std::uint8_t> mask(40, 50);
  for (auto& pixel : mask) pixel = random() % 2;
  const Image<float> back = rasterize_rings(trace_pixels(mask.view(), grid), grid);
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 50; ++x) EXPECT_EQ(back(y, x), mask(y, x));
  }
}

TEST(TracePixels, FrameHasOuterRingAndClockwiseHole) {
  Image<std::uint8_t> mask(8, 8);
  for (int y = 1; y < 7; ++y) {
    for (int x = 1; x < 7; ++x) mask(y, x) = !(x > 2 && x < 5 && y > 2 && y < 5);
  }
  const auto rings = trace_pixels(mask.view(), {8, 8});
  ASSERT_EQ(rings.size(), 2u);
  EXPECT_EQ(signed_area(rings[0]), 36.0);
  EXPECT_EQ(signed_area(rings[1]), -4.0);
  EXPECT_EQ(rings[0].size(), 4u);
}

TEST(TracePixels, PixelsThatTouchAtACornerAreApart) {
  Image<std::uint8_t> mask(4, 4);
  mask(1, 1) = mask(2, 2) = 1;
  EXPECT_EQ(trace_pixels(mask.view(), {4, 4}).size(), 2u);
  EXPECT_THROW(trace_pixels(mask.view(), {4, 5}), Error);
}

}  // namespace
}  // namespace reticle
