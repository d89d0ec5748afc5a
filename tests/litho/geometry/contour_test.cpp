// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/contour.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

#include "kernels/base/error.h"
#include "litho/geometry/polygon_area.h"
#include "litho/geometry/rasterize.h"
#include "tests/litho/random_masks.h"

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

TEST(TracePixels, RingsOfAnySizeGiveTheMaskBackAndAreOrdered) {
  for (const test::MaskCase& c : test::small_mask_cases()) {
    SCOPED_TRACE(c.name);
    const Grid grid{c.mask.rows(), c.mask.cols()};
    const auto rings = trace_pixels(c.mask.view(), grid);
    Image<float> expected(grid.rows, grid.cols);
    std::copy(c.mask.begin(), c.mask.end(), expected.begin());
    if (!rings.empty()) {
      EXPECT_EQ(rasterize_rings(rings, grid), expected);
    }
    // Every outer ring is a region and every inner one a hole.
    const auto outer = std::count_if(rings.begin(), rings.end(),
                                     [](const Polygon& ring) { return signed_area(ring) > 0.0; });
    const auto clear = test::flooded(c.mask, 0, true);
    const auto holes = std::count_if(clear.begin(), clear.end(),
                                     [](const test::Flooded& f) { return !f.touches_border; });
    EXPECT_EQ(outer, static_cast<std::ptrdiff_t>(test::flooded(c.mask, 1, false).size()));
    EXPECT_EQ(static_cast<std::ptrdiff_t>(rings.size()) - outer, holes);
    Point before{-1.0, -1.0};
    for (const Polygon& ring : rings) {
      const Point lowest = *std::min_element(ring.begin(), ring.end(), [](const Point& a, const Point& b) {
        return std::make_pair(a.y, a.x) < std::make_pair(b.y, b.x);
      });
      if (signed_area(ring) > 0.0) {
        EXPECT_LT(std::make_pair(before.y, before.x), std::make_pair(lowest.y, lowest.x));
        before = lowest;
      }
    }
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
