// SPDX-License-Identifier: Apache-2.0
// A mask in the cells that were drawn: what it covers is what the tiles' masks cover, and cells of equal masks are one.
#include "masks/job/drawn_cell_masks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "litho/geometry/boolean.h"
#include "litho/geometry/box.h"
#include "litho/geometry/polygon_area.h"
#include "masks/job/mask_layout.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/warnings.h"
#include "tests/masks/layout/small_layout.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

using test::Cell;
using test::Library;

constexpr LayerId k_drawn{11, 0}, k_mask{1, 0};

class MaskOfCells : public test::Scratch {
 protected:
  // Tiles of 300 x 200 nm in blocks of 3 x 3; database unit 1 nm.
  const TilePlan plan_{.core_x_nm = 300.0, .core_y_nm = 200.0, .halo_nm = 100.0};
  static constexpr int k_side = 3;

  static LayoutInput opened(const std::filesystem::path& path) { return open_layout(path, {.layers = {k_drawn}}); }

  // Cuts the mask into tiles and writes it, as a job does.
  // Blocks begin at multiples of their side from the origin.
  void write(const std::string& name, const LayoutInput& input, const std::vector<Polygon>& mask, MaskLayoutOptions options, int side = k_side) {
    options.layer = k_mask;
    MaskLayoutWriter writer(at(name), plan_, 1.0, options, at("chip.oas"), "", input.cells);
    const BlockGrid grid(plan_.range_in(grown(input.extent, 100.0)), side);
    for (std::size_t i = 0; i < grid.count(); ++i) {
      BlockResults results;
      for (const TileIndex tile : grid.wanted_of(grid.block(i)).tiles()) {
        const Box core = plan_.core(tile);
        results.tiles.push_back(tile);
        results.masks.push_back(static_cast<std::int32_t>(results.outlines.size()));
        MaskOutlines& outlines = results.outlines.emplace_back();
        for (const Polygon& part : clip(mask, core, 1.0)) {
          auto& outline = outlines.emplace_back();
          for (const Point& p : part)
            outline.push_back({static_cast<std::int32_t>(p.x - core.x0), static_cast<std::int32_t>(p.y - core.y0)});
        }
      }
      writer.add(grid.block(i), results);
    }
    writer.finish();
    tile_masks_ = writer.distinct();
  }
  std::size_t tile_masks_ = 0;  // of the last one written
  std::vector<Polygon> flat(const std::string& name, LayerId layer = k_mask) const {
    const Layout layout = Layout::open(at(name));
    EXPECT_EQ(layout.top_cells().size(), 1u);
    const LayoutView view(layout, "", {layer});
    return view.query(view.bounding_box());
  }
  // What is drawn, wider by so much.
  static std::vector<Polygon> widened(const LayoutInput& input, double by_nm) {
    std::vector<Polygon> wide;
    for (const auto& [b, instance] : input.cells(input.extent).boxes) wide.push_back(rectangle(grown({double(b.x0), double(b.y0), double(b.x1), double(b.y1)}, by_nm)));
    return wide;
  }
  static double area(const std::vector<Polygon>& polygons) {
    double sum = 0.0;
    for (const Polygon& polygon : polygons) sum += std::abs(signed_area(polygon));
    return sum;
  }
  static Polygon rectangle(const Box& b) { return {{b.x0, b.y0}, {b.x1, b.y0}, {b.x1, b.y1}, {b.x0, b.y1}}; }
  static std::map<std::string, Cell> cells_of(const std::filesystem::path& path) {
    std::map<std::string, Cell> cells;
    for (Cell& cell : read_library(path).cells) cells.emplace(cell.name, cell);
    return cells;
  }
  static std::size_t polygons_in(const std::map<std::string, Cell>& cells, const std::string& name) {
    const auto layer = cells.at(name).layers.find(k_mask);
    return layer == cells.at(name).layers.end() ? 0 : layer->second.count();
  }
};

// An L that a turn or a mirror changes, and a wire beside it.
Cell leaf() {
  Cell cell{.name = "LEAF"};
  test::add_rectangle(cell, k_drawn, 0, 0, 60, 20);
  test::add_rectangle(cell, k_drawn, 0, 0, 20, 80);
  test::add_rectangle(cell, k_drawn, 50, 50, 60, 90);
  return cell;
}

TEST_F(MaskOfCells, RandomHierarchiesCoverWhatTheirTilesCover) {
  const unsigned first = std::random_device{}();
  for (unsigned seed = first; seed < first + 8; ++seed) {
    std::mt19937 random(seed);
    const auto number = [&](int low, int high) { return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1)); };
    const auto placed = [&](const char* name) {
      layout::Reference r{.cell = name, .x = double(number(-500, 500)), .y = double(number(-400, 400)),
                          .angle_deg = 90.0 * number(0, 3), .mirror = number(0, 1) == 1};
      if (number(0, 2) == 0) r.columns = number(1, 4), r.rows = number(1, 3), r.column_x = number(60, 140), r.row_y = number(-150, 130);
      if (number(0, 9) == 0) r.angle_deg = 30.0;
      return r;
    };
    Cell middle{.name = "MIDDLE"}, top{.name = "TOP"};
    test::add_rectangle(middle, k_drawn, number(0, 40), 0, 100, number(10, 50));
    for (int i = number(1, 3); i > 0; --i) middle.references.push_back(placed("LEAF"));
    top.references.push_back(placed("MIDDLE"));
    for (int i = number(1, 4); i > 0; --i) top.references.push_back(placed(number(0, 1) == 0 ? "LEAF" : "MIDDLE"));
    write_library(at("chip.oas"), {.cells = {top, middle, leaf()}});
    const LayoutInput input = opened(at("chip.oas"));

    // Boxes of one instance after another cover what is drawn; those of slanted shapes are larger.
    const std::vector<Polygon> boxes = widened(input, 0.0), drawn = input.geometry(input.extent);
    std::vector<Polygon> both = boxes;
    both.insert(both.end(), drawn.begin(), drawn.end());
    EXPECT_NEAR(area(clip(boxes, input.extent, 1.0 / 16)), area(clip(both, input.extent, 1.0 / 16)), 1e-6) << "seed " << seed;

    // A mask that differs from place to place, with assist features, some of them slanted.
    std::vector<Polygon> mask;
    for (const Polygon& polygon : boxes) {
      const Box b = bounds_of(polygon);
      if (number(0, 20) > 0) mask.push_back(rectangle({b.x0 - number(0, 2), b.y0 - number(0, 1), b.x1 + number(0, 2), b.y1 + 3}));
    }
    for (int i = 0; i < 30; ++i) {
      const double x = std::round(input.extent.x0) + number(0, 1000), y = std::round(input.extent.y0) + number(0, 1000);
      mask.push_back(i % 3 == 0 ? Polygon{{x, y}, {x + 30, y + 10}, {x + 13, y + 41}} : rectangle({x, y, x + 9, y + 60}));
    }
    // As the tiles' borders cut it: slanted edges end on the grid there.
    for (const char* name : {"mask.oas", "mask.gds"}) {
      write(std::string("tiles_") + name, input, mask, {.cells = MaskCells::tiles});
      const std::vector<Polygon> wanted = flat(std::string("tiles_") + name);
      const std::size_t tile_masks = tile_masks_;
      for (const int side : {k_side, 1000}) {
        write(name, input, mask, {.cells = MaskCells::drawn}, side);
        const std::vector<Polygon> written = flat(name);
        EXPECT_EQ(tile_masks_, tile_masks) << "reports tell tiles' masks, however they are written";
        const Box around = grown(input.extent, 2000.0);
        EXPECT_TRUE(clip(written, around, 1.0) == clip(wanted, around, 1.0)) << name << " seed " << seed << " blocks of " << side;
      }
    }
    write("again.oas", input, mask, {.cells = MaskCells::drawn}, 1000);
    EXPECT_TRUE(bytes_of(at("again.oas")) == bytes_of(at("mask.oas"))) << "seed " << seed;
  }
}

TEST_F(MaskOfCells, AllEightOrientationsOfACellAreOne) {
  Cell top{.name = "TOP"};
  for (int i = 0; i < 8; ++i)
    top.references.push_back({.cell = "LEAF", .x = 1000 + 400.0 * i, .y = 1000 + 37.0 * i, .angle_deg = 90.0 * (i % 4), .mirror = i >= 4});
  write_library(at("chip.oas"), {.cells = {top, leaf()}});
  const LayoutInput input = opened(at("chip.oas"));
  write("mask.oas", input, widened(input, 3.0), {.cells = MaskCells::drawn}, 1000);
  const auto cells = cells_of(at("mask.oas"));
  ASSERT_EQ(cells.size(), 2u);
  EXPECT_EQ(polygons_in(cells, "LEAF"), 2u) << "whole, though tiles cut them";
  EXPECT_EQ(polygons_in(cells, "TOP"), 0u);
  EXPECT_EQ(cells.at("TOP").references.size(), 8u);
}

TEST_F(MaskOfCells, ArraysStayArraysAndTheirBordersAreCellsOfTheirOwn) {
  Cell top{.name = "TOP"};
  top.references.push_back({.cell = "LEAF", .x = 1000, .y = 1000, .columns = 7, .rows = 5, .column_x = 130, .row_y = 140});
  write_library(at("chip.oas"), {.cells = {top, leaf()}});
  const LayoutInput input = opened(at("chip.oas"));
  std::vector<Polygon> mask;
  for (const Polygon& polygon : widened(input, 2.0)) {
    Box b = bounds_of(polygon);
    if (b.x0 < 1100.0) b.x0 -= 3.0;  // the leftmost column has other surroundings
    mask.push_back(rectangle(b));
  }
  write("mask.oas", input, mask, {.cells = MaskCells::drawn}, 1000);
  const auto cells = cells_of(at("mask.oas"));
  ASSERT_EQ(cells.size(), 3u);
  EXPECT_EQ(cells.at("TOP").references.size(), 2u);
  for (const layout::Reference& r : cells.at("TOP").references) {
    EXPECT_EQ(r.rows * r.columns, r.cell == "LEAF" ? 30 : 5) << "the most used has the drawn name: " << r.cell;
  }
  EXPECT_TRUE(cells.contains("LEAF$1"));
}

// A wire through both cells belongs to the cell that places them; bars to whom they are next to.
TEST_F(MaskOfCells, PolygonsBelongToTheLowestCellThatHoldsAllOfThem) {
  Cell inner{.name = "INNER"}, pair{.name = "PAIR"}, top{.name = "TOP"};
  test::add_rectangle(inner, k_drawn, 0, 0, 100, 20);   // meets its neighbour's
  test::add_rectangle(inner, k_drawn, 40, 50, 60, 90);  // stays alone
  pair.references.push_back({.cell = "INNER", .columns = 2, .column_x = 100});
  top.references.push_back({.cell = "PAIR", .x = 1000, .y = 1000});
  write_library(at("chip.oas"), {.cells = {inner, pair, top}});
  const LayoutInput input = opened(at("chip.oas"));
  std::vector<Polygon> mask = widened(input, 2.0);
  for (const double x : {1080.0, 1180.0}) mask.push_back(rectangle({x, 1055, x + 5, 1085}));
  write("mask.oas", input, mask, {.cells = MaskCells::drawn}, 1000);
  const auto cells = cells_of(at("mask.oas"));
  EXPECT_EQ(polygons_in(cells, "INNER"), 2u) << "the line that stays alone, and the bar beside it";
  EXPECT_EQ(polygons_in(cells, "PAIR"), 1u);
  EXPECT_EQ(cells.at("PAIR").references.size(), 1u);
  EXPECT_EQ(polygons_in(cells, "TOP"), 0u);
}

TEST_F(MaskOfCells, WithinAnotherOnesHoleAPolygonKeepsItsOwner) {
  Cell dot{.name = "DOT"}, ring{.name = "RING"}, top{.name = "TOP"};
  test::add_rectangle(dot, k_drawn, 0, 0, 20, 20);
  for (const Box& b : {Box{0, 0, 200, 20}, Box{0, 180, 200, 200}, Box{0, 0, 20, 200}, Box{180, 0, 200, 200}})
    test::add_rectangle(ring, k_drawn, static_cast<int>(b.x0), static_cast<int>(b.y0), static_cast<int>(b.x1), static_cast<int>(b.y1));
  top.references = {{.cell = "RING", .x = 500, .y = 500}, {.cell = "DOT", .x = 590, .y = 590}};
  write_library(at("chip.oas"), {.cells = {dot, ring, top}});
  const LayoutInput input = opened(at("chip.oas"));
  write("mask.oas", input, widened(input, 2.0), {.cells = MaskCells::drawn}, 1000);
  const auto cells = cells_of(at("mask.oas"));
  EXPECT_EQ(polygons_in(cells, "DOT"), 1u);
  EXPECT_EQ(polygons_in(cells, "RING"), 1u);
  EXPECT_EQ(polygons_in(cells, "TOP"), 0u);
}

TEST_F(MaskOfCells, DrawnCellsThatAreKeptKeepTheirNames) {
  Cell top{.name = "TOP"}, taken{.name = "LEAF$1"};
  test::add_rectangle(taken, k_drawn, 0, 0, 30, 30);
  top.references = {{.cell = "LEAF", .x = 500, .y = 500}, {.cell = "LEAF$1", .x = 1000, .y = 500}};
  write_library(at("chip.oas"), {.cells = {top, leaf(), taken}});
  const LayoutInput input = opened(at("chip.oas"));
  write("mask.oas", input, widened(input, 2.0), {.input = InputLayers::kept, .cells = MaskCells::drawn}, 1000);
  const auto cells = cells_of(at("mask.oas"));
  for (const char* name : {"TOP", "LEAF", "LEAF$1", "LEAF$2", "LEAF$1$1"}) EXPECT_TRUE(cells.contains(name)) << name;
  EXPECT_EQ(polygons_in(cells, "LEAF$2"), 2u);
  const Box all = grown(input.extent, 10.0);
  EXPECT_TRUE(clip(flat("mask.oas"), all) == clip(widened(input, 2.0), all));
  EXPECT_TRUE(clip(flat("mask.oas", k_drawn), all) == clip(input.geometry(all), all));
}

TEST_F(MaskOfCells, WithoutHierarchyThereAreNoCellsToKeep) {
  Cell top{.name = "TOP"};
  test::add_rectangle(top, k_drawn, 0, 0, 100, 100);
  write_library(at("chip.oas"), {.cells = {top}});
  EXPECT_FALSE(opened(at("chip.oas")).cells);
}

}  // namespace
}  // namespace reticle
