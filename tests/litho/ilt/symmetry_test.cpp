// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/symmetry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace reticle {
namespace {

Polygon box(double x0, double y0, double x1, double y1) {
  return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

const Box k_field{100.0, -50.0, 500.0, 350.0};  // its middle: 300, 150

bool holds(const std::vector<FieldMap>& maps, bool exchanges, bool mirrors_x, bool mirrors_y) {
  return std::any_of(maps.begin(), maps.end(), [&](const FieldMap& map) {
    return map.exchanges == exchanges && map.mirrors_x == mirrors_x && map.mirrors_y == mirrors_y;
  });
}

TEST(Symmetry, OfDesignsIsFoundWhateverCornerTheirRingsBeginWith) {
  // Four squares: all eight maps. The rings go either way round.
  std::vector<Polygon> squares{box(200, 50, 240, 90), box(360, 50, 400, 90), box(200, 210, 240, 250),
                               box(360, 210, 400, 250)};
  std::reverse(squares[1].begin(), squares[1].end());
  std::rotate(squares[2].begin(), squares[2].begin() + 3, squares[2].end());
  EXPECT_EQ(symmetries_of(squares, k_field).size(), 7u);
  // A bar off the middle in y: mirrored in x alone.
  const std::vector<Polygon> bar{box(250, 160, 350, 200)};
  const auto maps = symmetries_of(bar, k_field);
  ASSERT_EQ(maps.size(), 1u);
  EXPECT_TRUE(holds(maps, false, true, false));
  // Two bars turned by half a turn.
  const std::vector<Polygon> turned{box(200, 100, 260, 120), box(340, 180, 400, 200)};
  EXPECT_TRUE(holds(symmetries_of(turned, k_field), false, true, true));
  EXPECT_EQ(symmetries_of(turned, k_field).size(), 1u);
  const std::vector<Polygon> none{box(200, 100, 260, 121)};
  EXPECT_TRUE(symmetries_of(none, k_field).empty());
}

TEST(Symmetry, OfImagesIsExactAfterSymmetrizing) {
  std::mt19937 random(3);
  Image<float> image(12, 12);
  Image<std::uint8_t> mask(12, 12);
  for (float& v : image) v = static_cast<float>(random()) * 1e-9f;
  for (auto& v : mask) v = static_cast<std::uint8_t>(random() % 2);
  std::vector<FieldMap> all;
  for (int i = 1; i < 8; ++i) all.push_back({(i & 4) != 0, (i & 1) != 0, (i & 2) != 0});
  symmetrize(image, all);
  symmetrize(mask, all);
  for (int y = 0; y < 12; ++y)
    for (int x = 0; x < 12; ++x) {
      EXPECT_EQ(image(y, x), image(x, y));
      EXPECT_EQ(image(y, x), image(y, 11 - x));
      EXPECT_EQ(mask(y, x), mask(11 - y, x));
      EXPECT_EQ(mask(y, x), mask(x, y));
    }
}

}  // namespace
}  // namespace reticle
