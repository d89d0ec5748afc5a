#include "litho/geometry/disc_morphology.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "kernels/base/error.h"

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

TEST_P(DiscMorphology, DilationMatchesTheDefinition) {
  const Image<std::uint8_t> mask = random_blobs(90, 150, 3);  // 150: not a multiple of a word
  EXPECT_EQ(BitImage(mask).dilated(GetParam()).unpacked(), dilated_by_definition(mask, GetParam(), 0));
}

TEST_P(DiscMorphology, OpeningShrinksClosingGrowsAndBothAreIdempotent) {
  const BitImage mask(random_blobs(90, 150, 4));
  const BitImage opened = mask.opened(GetParam()), closed = mask.closed(GetParam());
  BitImage added = opened, lost = mask;
  EXPECT_FALSE(added.clear_where(mask).any());
  EXPECT_FALSE(lost.clear_where(closed).any());
  EXPECT_EQ(opened.opened(GetParam()), opened);
  EXPECT_EQ(closed.closed(GetParam()), closed);
}

INSTANTIATE_TEST_SUITE_P(Diameters, DiscMorphology, testing::Values(2.0, 5.0, 8.5, 21.0));

TEST(DiscMorphology, BarThinnerThanTheDiscGoesThickerStays) {
  Image<std::uint8_t> mask(120, 120);
  for (int y = 10; y < 110; ++y) {
    for (int x = 20; x < 29; ++x) mask(y, x) = 1;  // 9 wide
    for (int x = 60; x < 71; ++x) mask(y, x) = 1;  // 11 wide
  }
  const Image<std::uint8_t> opened = BitImage(mask).opened(10.0).unpacked();
  EXPECT_EQ(opened(60, 24), 0);
  EXPECT_EQ(opened(60, 60), 1);
  EXPECT_EQ(opened(60, 70), 1);
}

TEST(DiscMorphology, GapToTheBorderIsNoGap) {
  Image<std::uint8_t> mask(64, 64);
  for (int y = 5; y < 64; ++y)
    for (int x = 5; x < 59; ++x) mask(y, x) = 1;
  EXPECT_EQ(BitImage(mask).closed(20.0).unpacked(), mask);
}

TEST(DiscMorphology, DiscLargerThanTheFrameIsRefused) {
  EXPECT_THROW(BitImage(Image<std::uint8_t>(8, 8)).dilated(200.0), Error);
}

}  // namespace
}  // namespace reticle
