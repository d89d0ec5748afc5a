// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/disc_morphology.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "kernels/base/error.h"
#include "tests/litho/random_masks.h"

namespace reticle {
namespace {

Image<std::uint8_t> random_blobs(int rows, int cols, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_int_distribution<int> y(0, rows - 1), x(0, cols - 1), size(2, 14);
  Image<std::uint8_t> mask(rows, cols);
  for (int i = 0; i < 60; ++i) {
    const int y0 = y(generator), x0 = x(generator), h = size(generator), w = size(generator);
    for (int v = y0; v < std::min(rows, y0 + h); ++v)
      for (int u = x0; u < std::min(cols, x0 + w); ++u) mask(v, u) = 1;
  }
  return mask;
}

// The definition, pixel by pixel, with `outside` beyond the image.
Image<std::uint8_t> dilated_by_definition(const Image<std::uint8_t>& mask, double diameter, int outside) {
  const int reach = static_cast<int>(diameter / 2);
  Image<std::uint8_t> out(mask.rows(), mask.cols());
  for (int y = 0; y < mask.rows(); ++y)
    for (int x = 0; x < mask.cols(); ++x)
      for (int dy = -reach; dy <= reach; ++dy)
        for (int dx = -reach; dx <= reach; ++dx) {
          if (4 * (dx * dx + dy * dy) > diameter * diameter) continue;
          const int v = y + dy, u = x + dx;
          const bool inside = v >= 0 && v < mask.rows() && u >= 0 && u < mask.cols();
          if (inside ? mask(v, u) != 0 : outside != 0) out(y, x) = 1;
        }
  return out;
}

class DiscMorphology : public testing::TestWithParam<double> {};

// The same on a plane that is clear beyond the image.
Image<std::uint8_t> on_plane(const Image<std::uint8_t>& mask, int margin) {
  Image<std::uint8_t> plane(mask.rows() + 2 * margin, mask.cols() + 2 * margin);
  for (int y = 0; y < mask.rows(); ++y)
    std::copy_n(mask.row(y), mask.cols(), plane.row(y + margin) + margin);
  return plane;
}

Image<std::uint8_t> from_plane(const Image<std::uint8_t>& plane, int margin) {
  Image<std::uint8_t> mask(plane.rows() - 2 * margin, plane.cols() - 2 * margin);
  for (int y = 0; y < mask.rows(); ++y)
    std::copy_n(plane.row(y + margin) + margin, mask.cols(), mask.row(y));
  return mask;
}

Image<std::uint8_t> inverse(Image<std::uint8_t> mask) {
  for (auto& pixel : mask) pixel = static_cast<std::uint8_t>(1 - pixel);
  return mask;
}

Image<std::uint8_t> eroded_by_definition(const Image<std::uint8_t>& mask, double diameter) {
  return inverse(dilated_by_definition(inverse(mask), diameter, 1));
}

TEST_P(DiscMorphology, EveryOperationMatchesItsDefinition) {
  const double d = GetParam();
  const int margin = static_cast<int>(2 * d) + 2;  // beyond the reach of any
  for (const test::MaskCase& c : test::mask_cases({{1, 1}, {64, 64}, {63, 130}, {40, 390}})) {
    SCOPED_TRACE(c.name);
    const BitImage bits(c.mask);
    const Image<std::uint8_t> plane = on_plane(c.mask, margin);
    const auto dilated_plane = dilated_by_definition(plane, d, 0);
    const auto eroded_plane = eroded_by_definition(plane, d);
    EXPECT_EQ(dilated(bits, d).unpacked(), from_plane(dilated_plane, margin));
    EXPECT_EQ(eroded(bits, d).unpacked(), from_plane(eroded_plane, margin));
    EXPECT_EQ(opened(bits, d).unpacked(),
              from_plane(dilated_by_definition(eroded_plane, d, 0), margin));
    EXPECT_EQ(closed(bits, d).unpacked(), from_plane(eroded_by_definition(dilated_plane, d), margin));
  }
}

TEST_P(DiscMorphology, WorkInABoxIsThatOfTheWholeAndLeavesTheRest) {
  std::mt19937 random(9);
  const BitImage mask(random_blobs(150, 330, 5));
  const BitImage dilated_all = dilated(mask, GetParam()), eroded_all = eroded(mask, GetParam());
  for (int i = 0; i < 40; ++i) {
    const auto range = [&](int size) {  // reaches beyond the frame at times
      const int a = static_cast<int>(random() % static_cast<unsigned>(size + 160)) - 80;
      return std::make_pair(a, a + 1 + static_cast<int>(random() % 120u));
    };
    const auto [y0, y1] = range(150);
    const auto [x0, x1] = range(330);
    const PixelBox box{y0, y1, x0, x1}, whole = mask.whole_words(box);
    BitImage grown(150, 330), shrunk(150, 330);
    dilate_within(box, mask, GetParam(), grown);
    erode_within(box, mask, GetParam(), shrunk);
    int wrong = 0;
    for (int y = -64; y < 150 + 64; ++y)
      for (int x = -64; x < 384 + 64; ++x) {
        const bool in = y >= whole.y0 && y < whole.y1 && x >= whole.x0 && x < whole.x1;
        wrong += grown(y, x) != (in && dilated_all(y, x));
        wrong += shrunk(y, x) != (in && eroded_all(y, x));
      }
    EXPECT_EQ(wrong, 0) << "box " << y0 << " " << y1 << " " << x0 << " " << x1;
  }
}

TEST_P(DiscMorphology, OpeningShrinksClosingGrowsAndBothAreIdempotent) {
  const BitImage mask(random_blobs(90, 150, 4));
  const BitImage opened_mask = opened(mask, GetParam()), closed_mask = closed(mask, GetParam());
  BitImage added = opened_mask, lost = mask;
  EXPECT_FALSE(added.clear_where(mask).any());
  EXPECT_FALSE(lost.clear_where(closed_mask).any());
  EXPECT_EQ(opened(opened_mask, GetParam()), opened_mask);
  EXPECT_EQ(closed(closed_mask, GetParam()), closed_mask);
}

INSTANTIATE_TEST_SUITE_P(Diameters, DiscMorphology, testing::Values(0.5, 2.0, 5.0, 8.5, 21.0, 22.0, 33.7));

TEST(DiscMorphology, BarThinnerThanTheDiscGoesThickerStays) {
  Image<std::uint8_t> mask(120, 120);
  for (int y = 10; y < 110; ++y) {
    for (int x = 20; x < 29; ++x) mask(y, x) = 1;  // 9 wide
    for (int x = 60; x < 71; ++x) mask(y, x) = 1;  // 11 wide
  }
  const Image<std::uint8_t> kept = opened(BitImage(mask), 10.0).unpacked();
  EXPECT_EQ(kept(60, 24), 0);
  EXPECT_EQ(kept(60, 60), 1);
  EXPECT_EQ(kept(60, 70), 1);
}

TEST(DiscMorphology, GapToTheBorderIsNoGap) {
  Image<std::uint8_t> mask(64, 64);
  for (int y = 5; y < 64; ++y)
    for (int x = 5; x < 59; ++x) mask(y, x) = 1;
  EXPECT_EQ(closed(BitImage(mask), 20.0).unpacked(), mask);
}

TEST(DiscMorphology, DiscLargerThanTheFrameIsRefused) {
  EXPECT_THROW(dilated(BitImage(8, 8), 200.0), Error);
}

}  // namespace
}  // namespace reticle
