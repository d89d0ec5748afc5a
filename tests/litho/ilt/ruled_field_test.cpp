// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/ruled_field.h"

#include <gtest/gtest.h>

#include <random>

#include "litho/geometry/disc_morphology.h"

namespace reticle {
namespace {

// Bars of random sizes, also at the field's border.
BitImage random_mask(int size, std::mt19937& random) {
  BitImage mask(size, size);
  for (int i = 0; i < size * size / 4000; ++i) {
    const int x = static_cast<int>(random() % static_cast<unsigned>(size)), y = static_cast<int>(random() % static_cast<unsigned>(size));
    const int width = 10 + static_cast<int>(random() % 60), height = 10 + static_cast<int>(random() % 60);
    for (int row = y; row < std::min(size, y + height); ++row) mask.fill(row, x, std::min(size, x + width), true);
  }
  return mask;
}

void fill(BitImage& mask, int y0, int y1, int x0, int x1, bool value) {
  for (int y = y0; y < y1; ++y) mask.fill(y, x0, x1, value);
}

TEST(RuledField, BrokenIsWhatCleaningTookAwayWholeOrChangedDeeply) {
  BitImage before(200, 200);
  fill(before, 50, 150, 50, 100, true);
  fill(before, 75, 77, 104, 105, true);   // a speck
  fill(before, 90, 92, 70, 73, false);    // a pinhole
  fill(before, 100, 130, 100, 108, true); // what is to go, thick
  fill(before, 60, 70, 100, 102, true);   // and thin
  BitImage cleaned(200, 200);
  fill(cleaned, 50, 150, 50, 100, true);
  const BitImage broken = broken_parts(before, cleaned);
  EXPECT_TRUE(broken(75, 104) && broken(76, 104));
  EXPECT_TRUE(broken(90, 70) && broken(91, 72));
  EXPECT_TRUE(broken(115, 104));
  for (int y = 0; y < 100; ++y) EXPECT_FALSE(broken.any_in(y, 100, 103)) << y;
  EXPECT_FALSE(broken_parts(cleaned, cleaned).any());
}

TEST(RuledField, IsTheMaskAtItsZeroLevelAndFreeAtItsEdgesOnly) {
  std::mt19937 random(3);
  const Grid grid{.rows = 150, .cols = 150, .pixel_nm = 4.0};
  const BitImage mask = random_mask(150, random);
  const RuledField field = ruled_field(mask, grid, {.band_nm = 16.0, .box = {}});
  const BitImage inside = eroded(mask, 14.0), outside = dilated(mask, 14.0);
  std::size_t free = 0;
  for (int y = 8; y < 142; ++y)
    for (int x = 8; x < 142; ++x) {
      if (inside(y, x)) {
        ASSERT_GT(field.parameters(y, x), 0.0f) << x << " " << y;
      }
      if (!outside(y, x)) {
        ASSERT_LT(field.parameters(y, x), 0.0f) << x << " " << y;
      }
      free += field.free(y, x) > 0.0f;
    }
  EXPECT_GT(free, 1000u);
  EXPECT_LT(free, 134u * 134u);
}

TEST(RuledField, TakenAroundPlacesItIsThatOfTheWholeMaskThereAndAsItWasElsewhere) {
  std::mt19937 random(5);
  for (const int finer : {1, 2})
    for (int round = 0; round < 6; ++round) {
      const Grid grid{.rows = 700, .cols = 810, .pixel_nm = 4.0, .origin_x_nm = -120.0, .origin_y_nm = 16.0};
      const int rows = grid.rows * finer, cols = grid.cols * finer;
      const BitImage square = random_mask(cols, random);
      BitImage mask(rows, cols), broken(rows, cols);
      for (int y = 0; y < rows; ++y)
        for (int x = 0; x < cols; ++x) mask.fill(y, x, x + 1, square(y, x));
      for (int i = 0; i < 20; ++i) {
        const int border = 45 * finer;  // nothing beyond the field's border decides what lies so far from it
        const int y = border + static_cast<int>(random() % static_cast<unsigned>(rows - 2 * border)), x = border + static_cast<int>(random() % static_cast<unsigned>(cols - 2 * border));
        for (int k = 0; k < 5; ++k) broken.fill(y + k, x, x + 8, true);
      }
      const EdgeFreedom freedom{.band_nm = 16.0, .box = Box{-100.0, 30.0, 2600.0, 2500.0}};
      const RuledField whole = ruled_field(mask, grid, freedom);
      RuledField field{Image<float>(grid.rows, grid.cols, 7.0f), Image<float>(grid.rows, grid.cols, 7.0f)};
      BitImage at_border(rows, cols);
      at_border.fill(3, 5, cols - 5, true);
      take_ruled(mask, at_border, grid, freedom, field);
      take_ruled(mask, broken, grid, freedom, field);
      BitImage near = dilated(broken, 32.0 * finer / 4.0), far(rows, cols);
      near.clear_frame();
      for (int y = 0; y < grid.rows; ++y)
        for (int x = 0; x < grid.cols; ++x) {
          bool taken = false;
          for (int k = 0; k < finer; ++k) taken = taken || near(y * finer, x * finer + k);
          ASSERT_EQ(field.parameters(y, x), taken ? whole.parameters(y, x) : 7.0f) << x << " " << y << " round " << round;
          ASSERT_EQ(field.free(y, x), taken ? whole.free(y, x) : 7.0f) << x << " " << y;
        }
    }
}

}  // namespace
}  // namespace reticle
