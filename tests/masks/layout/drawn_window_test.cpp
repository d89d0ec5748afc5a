// SPDX-License-Identifier: Apache-2.0
// Windows that are said to hold the same do.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <map>

#include "litho/chip/ilt_tiles.h"
#include "litho/chip/pipeline.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "tests/litho/chip/chip_model.h"
#include "tests/masks/layout/random_library.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

using test::Cell;
using test::Library;
using test::Random;
using test::within;

class DrawnWindows : public test::Scratch {
 protected:
  Layout layout_of(const Library& library) const {
    write_library(at("layout.oas"), library);
    return Layout::open(at("layout.oas"));
  }
};

// 12 x 9 cells on a pitch of 700 x 640 nm, a wire across, and what else is placed.
Library array_and_wire(double dbu_nm, double angle_deg) {
  const auto units = [&](double nm) { return static_cast<int>(std::lround(nm / dbu_nm)); };
  Library library{.dbu_nm = dbu_nm};
  Cell bit{.name = "BIT"}, top{.name = "TOP"};
  test::add_rectangle(bit, {1, 0}, 0, 0, units(300), units(200));
  test::add_rectangle(bit, {1, 0}, units(200), units(100), units(500), units(400));
  top.references.push_back({.cell = "BIT", .angle_deg = angle_deg, .columns = 12, .rows = 9, .column_x = 700 / dbu_nm, .row_y = 640 / dbu_nm});
  test::add_rectangle(top, {1, 0}, units(-500), units(3100), units(9000), units(3140));
  library.cells = {bit, top};
  return library;
}

std::vector<Polygon> from_corner(std::vector<Polygon> polygons, const Box& window) {
  for (Polygon& polygon : polygons)
    for (Point& p : polygon) p = {p.x - window.x0, p.y - window.y0};
  return polygons;
}

TEST_F(DrawnWindows, OfEqualHashHoldEqualPolygons) {
  int alike = 0, unknown = 0;
  for (unsigned seed = 0; seed < 24; ++seed) {
    Random random(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    const double dbu_nm = std::vector<double>{1.0, 0.25, 0.1}[seed % 3];
    const Layout layout = layout_of(seed < 12 ? array_and_wire(dbu_nm, seed % 4 == 3 ? 30.0 : 90.0 * (seed % 4)) : test::random_library(random));
    for (const std::string& top : layout.top_cells()) {
      if (layout.layers().empty() || layout.layers()[0] != LayerId{1, 0}) continue;
      const LayoutView view(layout, top, {{1, 0}});
      std::map<std::string, std::vector<Polygon>> seen;
      for (int i = 0; i < 40; ++i) {
        const double x = 700.0 * within(random, -12, 12) + 0.25 * within(random, 0, 1), y = 640.0 * within(random, -9, 9);
        const Box window{x, y, x + 1100.5, y + 900};
        const DrawnWindow drawn = view.drawn(window);
        EXPECT_EQ(drawn.polygons(), view.query(window));
        if (drawn.hash.empty()) {
          ++unknown;
          continue;
        }
        const auto polygons = from_corner(view.query(window), window);
        const auto [known, is_new] = seen.emplace(drawn.hash, polygons);
        EXPECT_EQ(known->second, polygons);
        alike += !is_new && !polygons.empty() ? 1 : 0;
      }
    }
  }
  EXPECT_GT(alike, 20);
  EXPECT_GT(unknown, 20);  // angles that are not right, and tenths of a nm
}

TEST_F(DrawnWindows, TilesHaveTheContentsOfUnitedOnesAndAreUnitedOncePerKind) {
  const OpticalModel model = test::annular_model();
  const IltTiles method(model, test::quick_tile_settings(model), {.halo_nm = 256.0, .blend_nm = 64.0, .free_margin_nm = 128.0}, "test");
  for (const double dbu_nm : {1.0, 0.1}) {
    const Layout layout = layout_of(array_and_wire(dbu_nm, 0.0));
    const LayoutView view(layout, "TOP", {{1, 0}});
    const GeometrySource united = [&](const Box& box) { return view.query(box); };
    std::atomic<int> unions = 0;
    const DrawnSource counted = [&](const Box& box) {
      DrawnWindow window = view.drawn(box);
      return DrawnWindow{window.hash, [&unions, polygons = window.polygons] { return ++unions, polygons(); }};
    };
    const std::vector<TileIndex> tiles = method.plan().tiles_in({-2000, -2000, 14000, 9000});
    const TileContents expected = TilePipeline(method, {united}).scan(tiles, 1);
    for (const int threads : {1, 2}) {
      unions = 0;
      EXPECT_EQ(TilePipeline(method, {united}, counted).scan(tiles, threads), expected);
      if (dbu_nm == 1.0) EXPECT_LT(unions, static_cast<int>(tiles.size()) - 10);
      else EXPECT_EQ(unions, static_cast<int>(tiles.size()));
    }
  }
}

}  // namespace
}  // namespace reticle
