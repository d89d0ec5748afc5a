// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/printed_features.h"

#include <gtest/gtest.h>

namespace reticle {
namespace {

BitImage boxes(std::initializer_list<PixelBox> list) {
  Image<std::uint8_t> image(60, 130);
  for (const PixelBox& box : list)
    for (int y = box.y0; y < box.y1; ++y)
      for (int x = box.x0; x < box.x1; ++x) image(y, x) = 1;
  return BitImage(image);
}

TEST(PrintedFeatures, CountsWhatIsMissingAndWhatIsExtra) {
  const BitImage target = boxes({{5, 20, 5, 30}, {30, 40, 5, 100}, {45, 55, 110, 120}});
  const BitImage print = boxes({{8, 18, 8, 28}, {30, 40, 5, 40}, {30, 40, 60, 100}, {5, 10, 60, 70}});
  EXPECT_EQ(printed_features(print, target), (PrintedFeatures{.drawn = 3, .missing = 1, .extra = 1}));
  EXPECT_EQ(printed_features(target, target), (PrintedFeatures{.drawn = 3}));
  EXPECT_TRUE(printed_features(boxes({}), target).nothing_prints());
  EXPECT_FALSE(printed_features(print, boxes({})).nothing_prints());
}

TEST(PrintedFeatures, TilesOfAFieldAddUpToTheWhole) {
  const BitImage target = boxes({{5, 20, 5, 30}, {30, 40, 5, 100}, {45, 55, 110, 120}, {2, 58, 64, 68}});
  const BitImage print = boxes({{45, 50, 10, 20}});
  PrintedFeatures sum;
  for (const PixelBox& tile : {PixelBox{1, 30, 1, 65}, PixelBox{1, 30, 65, 129}, PixelBox{30, 59, 1, 65}, PixelBox{30, 59, 65, 129}}) {
    const PrintedFeatures part = printed_features(print, target, tile);
    sum.drawn += part.drawn;
    sum.missing += part.missing;
    sum.extra += part.extra;
  }
  EXPECT_EQ(sum, printed_features(print, target));
}

TEST(PrintedFeatures, WhatReachesOverASeamIsNoFeatureOfItsOwn) {
  // The print is wider than its target by two pixels, which lie in the tile before.
  const BitImage target = boxes({{5, 20, 65, 90}}), print = boxes({{5, 20, 63, 90}});
  EXPECT_EQ(printed_features(print, target, {1, 59, 1, 65}), PrintedFeatures{});
  EXPECT_EQ(printed_features(print, target, {1, 59, 65, 129}), (PrintedFeatures{.drawn = 1}));
}

}  // namespace
}  // namespace reticle
