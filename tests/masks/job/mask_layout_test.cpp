// SPDX-License-Identifier: Apache-2.0
// The mask's file: few cells, and what they draw is what the tiles' masks cover.
#include "masks/job/mask_layout.h"

#include <gtest/gtest.h>

#include <cmath>

#include "litho/geometry/boolean.h"
#include "litho/geometry/polygon_area.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

// Corners in database units of half a nm.
MaskOutlines outlines_of(int kind) {
  if (kind == 0) return {};
  MaskOutlines outlines{{{0, 100 * kind}, {400, 100 * kind}, {400, 100 * kind + 60}, {0, 100 * kind + 60}}};
  if (kind > 1) outlines.push_back({{50, 700}, {90, 700}, {70, 740 + kind}});
  return outlines;
}

class MaskOfTiles : public test::Scratch {
 protected:
  TilePlan plan_{.core_x_nm = 200.0, .core_y_nm = 400.0};
};

// Keys say what masks were computed from; what they look like decides their cells.
TEST_F(MaskOfTiles, EqualMasksAreOneCellWhateverTheyCameFrom) {
  BlockResults low, high;
  std::vector<Polygon> drawn;
  const auto add = [&](BlockResults& block, TileIndex tile, int kind, std::uint8_t key) {
    block.tiles.push_back(tile);
    block.masks.push_back(static_cast<std::int32_t>(block.mask_keys.size()));
    block.mask_keys.push_back(PackKey{key});
    block.outlines.push_back(outlines_of(kind));
    for (const auto& outline : block.outlines.back()) {
      Polygon polygon;
      for (const auto& p : outline) polygon.push_back({tile.x * 200.0 + 0.5 * p.x, tile.y * 400.0 + 0.5 * p.y});
      drawn.push_back(polygon);
    }
  };
  std::uint8_t key = 0;
  for (std::int32_t y = -2; y < 2; ++y)
    for (std::int32_t x = -3; x < 4; ++x) add(low, {y, x}, x < 0 ? 1 : x % 3, ++key);
  for (std::int32_t x = -3; x < 4; ++x) add(high, {2, x}, x == 0 ? 3 : 1, ++key);
  for (const char* name : {"mask.gds", "mask.oas"}) {
    MaskLayoutWriter writer(at(name), plan_, 0.5, {.path = at(name)}, "", "");
    writer.add({0, 0}, low);
    writer.add({1, 0}, high);
    EXPECT_EQ(writer.distinct(), 4u);  // three cells, and nothing
    writer.finish();
    std::size_t placements = 0, masks = 0;
    for (const layout::Cell& cell : read_library(at(name)).cells) {
      placements += cell.references.size();
      masks += cell.name.starts_with("RETICLE_MASK");
    }
    EXPECT_EQ(masks, 3u);
    EXPECT_LE(placements, 12u) << "rows and columns of equal cells are arrays";
    const std::vector<Polygon> written = LayoutView(Layout::open(at(name)), "TOP", {{1, 0}}).query({-1e5, -1e5, 1e5, 1e5});
    const Box all{-1e5, -1e5, 1e5, 1e5};
    EXPECT_EQ(clip(written, all), clip(drawn, all));
  }
}

}  // namespace
}  // namespace reticle
