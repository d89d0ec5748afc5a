// SPDX-License-Identifier: Apache-2.0
#include "masks/pictures/preview.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/base/error.h"

namespace reticle {
namespace {

Image<std::uint8_t> box(int size, int from, int to) {
  Image<std::uint8_t> image(size, size);
  for (int y = from; y < to; ++y) {
    for (int x = from; x < to; ++x) image(y, x) = 1;
  }
  return image;
}

TEST(Preview, UpIsUpAndLayersAreWhereTheyAre) {
  Image<std::uint8_t> mask(100, 100);
  for (int y = 60; y < 100; ++y)
    for (int x = 0; x < 40; ++x) mask(y, x) = 1;  // the upper left
  Image<std::uint8_t> target(100, 100, 1);
  PreviewLayers layers{.target = target.view(), .mask = mask.view(), .pixel_nm = 10.0};
  const Image<Rgb> picture = as_pixels(draw_preview(layers));
  const auto tinted = [&](double part_x, double part_y) {
    const Rgb pixel = picture(static_cast<int>(part_y * picture.rows()), static_cast<int>(part_x * picture.cols()));
    return pixel.b > pixel.r + 20;
  };
  EXPECT_TRUE(tinted(0.25, 0.2));
  EXPECT_FALSE(tinted(0.7, 0.6));
}

TEST(Preview, LayersAbsentAreAbsentFromTheLegend) {
  const Image<std::uint8_t> mask = box(600, 10, 60);
  PreviewLayers layers{.mask = mask.view(), .title = "a < b"};
  const std::string alone = as_svg(draw_preview(layers));
  EXPECT_EQ(alone.find("band</text>"), std::string::npos);
  EXPECT_NE(alone.find("a &lt; b"), std::string::npos);
  layers.variation_band = mask.view();
  EXPECT_NE(as_svg(draw_preview(layers)).find("process-variation band</text>"), std::string::npos);
}

TEST(Preview, LayersOfDifferentSizesAreRefused) {
  const Image<std::uint8_t> target = box(64, 0, 8), mask = box(65, 0, 8);
  PreviewLayers layers;
  layers.target = target.view();
  layers.mask = mask.view();
  EXPECT_THROW(draw_preview(layers), Error);
}

TEST(Preview, EmptyAndAbsentLayersGiveAPictureToo) {
  EXPECT_GT(draw_preview({}).height, 0);
  const Image<std::uint8_t> nothing(16, 16);
  PreviewLayers layers;
  layers.mask = nothing.view();
  EXPECT_GT(as_pixels(draw_preview(layers)).rows(), 16);
}

// Where there is a font, words leave ink, and more of it the more they are.
TEST(Drawing, WordsAreWritten) {
  if (font_file().empty()) GTEST_SKIP() << "no DejaVu Sans (Debian: fonts-dejavu-core)";
  Drawing page{.width = 200, .height = 60};
  page.write("um", 10, 40, 24);
  const auto ink = [](const Image<Rgb>& picture) {
    return std::count_if(picture.begin(), picture.end(), [](const Rgb& p) { return p.r < 128; });
  };
  const auto little = ink(as_pixels(page));
  EXPECT_GT(little, 40);
  page.write("nm2, 0.25", 60, 40, 24);
  EXPECT_GT(ink(as_pixels(page)), 2 * little);
  EXPECT_GT(width_of("wide", 20), width_of("ii", 20));
}

}  // namespace
}  // namespace reticle
