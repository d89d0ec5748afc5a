// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/specks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "kernels/base/error.h"
#include "litho/geometry/regions.h"
#include "tests/litho/random_masks.h"

namespace reticle {
namespace {

TEST(RemoveSpecks, NoSmallShapeOrHoleIsLeft) {
  std::mt19937 random(5);
  Image<std::uint8_t> mask(120, 120);
  for (auto& pixel : mask) pixel = random() % 5 < 3;
  const auto cleaned = remove_specks(mask.view(), {120, 120}, 50.0);
  for (const PixelRegion& r : shape_regions(cleaned.view()).regions) EXPECT_GE(r.pixels, 50);
  for (const PixelRegion& r : clear_regions(cleaned.view()).regions) {
    if (!r.touches_border) {
      EXPECT_GE(r.pixels, 50);
    }
  }
}

TEST(RemoveSpecks, LargeShapesStayAndOnlyTheSpeckGoes) {
  Image<std::uint8_t> mask(64, 64);
  for (int y = 10; y < 40; ++y) {
    for (int x = 10; x < 40; ++x) mask(y, x) = 1;
  }
  const Image<std::uint8_t> square = mask;
  mask(50, 50) = 1;
  mask(20, 20) = 0;
  EXPECT_EQ(remove_specks(mask.view(), {64, 64}, 400.0), square);
  EXPECT_THROW(remove_specks(mask.view(), {64, 32}, 400.0), Error);
}

TEST(RemoveSpecks, IsWhatFloodingUntilNothingIsSmallGives) {
  for (const test::MaskCase& c : test::small_mask_cases()) {
    const Grid grid{c.mask.rows(), c.mask.cols()};
    for (const double least : {0.0, 2.0, 25.0, 400.0})
      EXPECT_EQ(remove_specks(c.mask.view(), grid, least), test::without_specks(c.mask, least))
          << c.name << ", " << least;
  }
}

TEST(Regions, AreThoseFoundByFlooding) {
  for (const test::MaskCase& c : test::small_mask_cases()) {
    SCOPED_TRACE(c.name);
    for (const int tone : {0, 1}) {
      const Regions found = tone == 1 ? shape_regions(c.mask.view()) : clear_regions(c.mask.view());
      const auto expected = test::flooded(c.mask, tone, tone == 0);
      ASSERT_EQ(found.regions.size(), expected.size());
      Image<int> region_of(c.mask.rows(), c.mask.cols(), -1);
      for (const auto& run : found.runs)
        std::fill(region_of.row(run.y) + run.x0, region_of.row(run.y) + run.x1, run.region);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(found.regions[i].pixels, static_cast<std::int64_t>(expected[i].pixels.size()));
        EXPECT_EQ(found.regions[i].touches_border, expected[i].touches_border);
        for (const auto& [y, x] : expected[i].pixels)
          ASSERT_EQ(region_of(y, x), static_cast<int>(i));
      }
    }
  }
}

TEST(Regions, CornersJoinTheClearButNotTheShapes) {
  Image<std::uint8_t> mask(4, 4);
  mask(1, 1) = mask(2, 2) = 1;
  EXPECT_EQ(shape_regions(mask.view()).regions.size(), 2u);
  for (auto& pixel : mask) pixel = 1 - pixel;
  EXPECT_EQ(clear_regions(mask.view()).regions.size(), 1u);
}

}  // namespace
}  // namespace reticle
