// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/bit_image.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/litho/random_masks.h"

namespace reticle {
namespace {

using test::MaskCase;

TEST(BitImage, PackingKeepsEveryPixelAndTheFrameIsClear) {
  for (const MaskCase& c : test::small_mask_cases()) {
    SCOPED_TRACE(c.name);
    Image<std::uint8_t> values = c.mask;
    for (std::size_t i = 0; i < values.size(); ++i)  // any value but 0 is inside
      if (values.data()[i] != 0) values.data()[i] = static_cast<std::uint8_t>(1 + 37 * i % 255);
    const BitImage bits(values);
    EXPECT_EQ(bits.unpacked(), c.mask);
    int wrong = 0;
    for (int y = -BitImage::k_frame; y < c.mask.rows() + BitImage::k_frame; ++y)
      for (int x = -BitImage::k_frame; x < c.mask.cols() + BitImage::k_frame; ++x) {
        const bool within = y >= 0 && x >= 0 && y < c.mask.rows() && x < c.mask.cols();
        wrong += bits(y, x) != (within && c.mask(y, x) != 0);
      }
    EXPECT_EQ(wrong, 0);
  }
}

TEST(BitImage, TransposedExchangesRowsAndColumns) {
  for (const MaskCase& c : test::small_mask_cases()) {
    const Image<std::uint8_t> turned = transposed(BitImage(c.mask)).unpacked();
    Image<std::uint8_t> expected(c.mask.cols(), c.mask.rows());
    for (int y = 0; y < c.mask.rows(); ++y)
      for (int x = 0; x < c.mask.cols(); ++x) expected(x, y) = c.mask(y, x);
    EXPECT_EQ(turned, expected) << c.name;
    EXPECT_EQ(transposed(transposed(BitImage(c.mask))), BitImage(c.mask)) << c.name;
  }
}

TEST(BitImage, FillSetsAndClearsARange) {
  std::mt19937 random(3);
  Image<std::uint8_t> mask(9, 200);
  BitImage bits(mask);
  for (int i = 0; i < 300; ++i) {
    const int y = static_cast<int>(random() % 9), a = static_cast<int>(random() % 201),
              b = static_cast<int>(random() % 201);
    bits.fill(y, std::min(a, b), std::max(a, b), i % 3 != 0);
    std::fill(mask.row(y) + std::min(a, b), mask.row(y) + std::max(a, b), i % 3 != 0);
    ASSERT_EQ(bits.unpacked(), mask) << i;
  }
}

TEST(BitImage, DifferencesAreCountedWithinABox) {
  std::mt19937 random(4);
  const auto cases = test::mask_cases({{97, 200}});
  for (const MaskCase& a : cases)
    for (const MaskCase& b : cases) {
      const int x0 = static_cast<int>(random() % 200), x1 = static_cast<int>(random() % 200);
      const PixelBox box{5, 90, std::min(x0, x1), std::max(x0, x1)};
      std::int64_t within = 0, all = 0;
      for (int y = 0; y < 97; ++y)
        for (int x = 0; x < 200; ++x) {
          const bool differ = a.mask(y, x) != b.mask(y, x);
          all += differ;
          within += differ && y >= box.y0 && y < box.y1 && x >= box.x0 && x < box.x1;
        }
      EXPECT_EQ(count_differing(BitImage(a.mask), BitImage(b.mask), box), within)
          << a.name << b.name;
      EXPECT_EQ(count_differing(BitImage(a.mask), BitImage(b.mask)), all) << a.name << b.name;
    }
}

TEST(BitImage, ExtentHoldsEverySetPixelTightlyInRows) {
  for (const MaskCase& c : test::small_mask_cases()) {
    const PixelBox extent = BitImage(c.mask).extent();
    int first = c.mask.rows(), end = 0;
    for (int y = 0; y < c.mask.rows(); ++y)
      for (int x = 0; x < c.mask.cols(); ++x)
        if (c.mask(y, x) != 0) {
          first = std::min(first, y);
          end = y + 1;
          EXPECT_TRUE(x >= extent.x0 && x < extent.x1) << c.name;
        }
    if (end == 0) {
      EXPECT_TRUE(extent.empty()) << c.name;
    } else {
      EXPECT_EQ(extent.y0, first) << c.name;
      EXPECT_EQ(extent.y1, end) << c.name;
    }
  }
}

TEST(BitImage, ClearFrameLeavesTheImage) {
  for (const MaskCase& c : test::small_mask_cases()) {
    BitImage bits(c.mask);
    bits.invert().clear_frame();
    Image<std::uint8_t> expected = c.mask;
    for (auto& pixel : expected) pixel = static_cast<std::uint8_t>(1 - pixel);
    EXPECT_EQ(bits, BitImage(expected)) << c.name;
  }
}

TEST(BitImage, MeansOfBlocksAreThoseOfTheirPixels) {
  std::mt19937 random(8);
  for (const int n : {1, 2, 3, 4, 5})
    for (const auto& [rows, cols] : {std::pair{7, 9}, {16, 43}, {5, 128}}) {
      Image<std::uint8_t> mask(rows * n, cols * n);
      for (auto& pixel : mask) pixel = random() % 3u == 0;
      const Image<float> mean = mean_of_blocks(BitImage(mask), n);
      ASSERT_EQ(mean.rows(), rows);
      ASSERT_EQ(mean.cols(), cols);
      for (int y = 0; y < rows; ++y)
        for (int x = 0; x < cols; ++x) {
          int count = 0;
          for (int j = 0; j < n; ++j)
            for (int i = 0; i < n; ++i) count += mask(y * n + j, x * n + i);
          EXPECT_FLOAT_EQ(mean(y, x), static_cast<float>(count) / static_cast<float>(n * n));
        }
    }
}

}  // namespace
}  // namespace reticle
