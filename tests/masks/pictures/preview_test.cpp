#include "masks/pictures/preview.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/base/error.h"
#include "masks/pictures/lettering.h"

namespace reticle {
namespace {

Image<std::uint8_t> box(int size, int from, int to) {
  Image<std::uint8_t> image(size, size);
  for (int y = from; y < to; ++y) {
    for (int x = from; x < to; ++x) image(y, x) = 1;
  }
  return image;
}

std::ptrdiff_t count(const Image<Rgb>& picture, Rgb colour) {
  return std::count(picture.begin(), picture.end(), colour);
}

constexpr Rgb k_mask = {190, 205, 224};
constexpr Rgb k_band = {240, 140, 40};

TEST(Preview, MaskIsFilledAndUpIsUp) {
  Image<std::uint8_t> mask(100, 600);
  mask(99, 0) = 1;  // the field's upper left corner
  PreviewLayers layers;
  layers.mask = mask.view();
  EXPECT_EQ(draw_preview(layers)(0, 0), k_mask);
}

TEST(Preview, LayersAbsentAreAbsentFromTheLegend) {
  const Image<std::uint8_t> mask = box(600, 10, 60);
  PreviewLayers layers;
  layers.mask = mask.view();
  const Image<Rgb> alone = draw_preview(layers);
  EXPECT_EQ(count(alone, k_band), 0);
  layers.variation_band = mask.view();
  const Image<Rgb> both = draw_preview(layers);
  EXPECT_GT(count(both, k_band), 50 * 50);  // the band over the mask, and a swatch
  EXPECT_GT(both.rows(), alone.rows());
}

TEST(Preview, LayersOfDifferentSizesAreRefused) {
  const Image<std::uint8_t> target = box(64, 0, 8), mask = box(65, 0, 8);
  PreviewLayers layers;
  layers.target = target.view();
  layers.mask = mask.view();
  EXPECT_THROW(draw_preview(layers), Error);
}

TEST(Preview, EmptyAndAbsentLayersGiveAPictureToo) {
  EXPECT_GT(draw_preview({}).rows(), 0);
  const Image<std::uint8_t> nothing(16, 16);
  PreviewLayers layers;
  layers.mask = nothing.view();
  EXPECT_GT(draw_preview(layers).rows(), 16);
}

TEST(Lettering, LettersDifferAndUnknownOnesAreBlank) {
  const auto bits = [](std::string_view word) {
    std::string text;
    for (int r = 0; r < k_glyph_rows; ++r) {
      for (int c = 0; c < k_glyph_pitch; ++c) text += inked(word, r, c) ? '#' : ' ';
    }
    return text;
  };
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.";
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_NE(bits(alphabet.substr(i, 1)), bits(alphabet.substr(j, 1)))
          << alphabet[i] << alphabet[j];
    }
  }
  EXPECT_EQ(bits("~").find('#'), std::string::npos);
}

}  // namespace
}  // namespace reticle
