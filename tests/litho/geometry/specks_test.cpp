#include "litho/geometry/specks.h"

#include <gtest/gtest.h>

#include <random>

#include "kernels/base/error.h"
#include "litho/geometry/regions.h"

namespace reticle {
namespace {

TEST(RemoveSpecks, NoSmallShapeOrHoleIsLeft) {
  std::mt19937 random(5);
  Image<std::uint8_t> mask(120, 120);
  for (auto& pixel : mask) pixel = random() % 5 < 3;
  const auto cleaned = remove_specks(mask.view(), {120, 120}, 50.0);
  for (const Region& r : shape_regions(cleaned.view()).regions) EXPECT_GE(r.pixels, 50);
  for (const Region& r : clear_regions(cleaned.view()).regions) {
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

TEST(Regions, CornersJoinTheClearButNotTheShapes) {
  Image<std::uint8_t> mask(4, 4);
  mask(1, 1) = mask(2, 2) = 1;
  EXPECT_EQ(shape_regions(mask.view()).regions.size(), 2u);
  for (auto& pixel : mask) pixel = 1 - pixel;
  EXPECT_EQ(clear_regions(mask.view()).regions.size(), 1u);
}

}  // namespace
}  // namespace reticle
