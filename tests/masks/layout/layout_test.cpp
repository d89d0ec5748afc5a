// SPDX-License-Identifier: Apache-2.0
// Windows of hierarchical layouts against shapes placed by hand, and what is asked wrongly.
#include "masks/layout/layout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "litho/geometry/boolean.h"
#include "litho/geometry/polygon_area.h"
#include "masks/layout/layout_file.h"
#include "masks/warnings.h"
#include "tests/masks/layout/small_layout.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

using test::Cell;
using test::Library;
using test::Reference;

constexpr double k_whole = 1e9;
const Box k_everything{-k_whole, -k_whole, k_whole, k_whole};

double area(const std::vector<Polygon>& polygons) {
  double sum = 0.0;
  for (const Polygon& polygon : polygons) sum += std::abs(signed_area(polygon));
  return sum;
}

class LayoutWindow : public test::Scratch {
 protected:
  LayoutView view(const Library& library, const std::vector<LayerId>& layers = {{11, 0}},
                  const std::string& cell = "TOP") {
    write_library(at("chip.gds"), library);
    return LayoutView(Layout::open(at("chip.gds")), cell, layers);
  }
  std::string message(const Library& library, const std::vector<LayerId>& layers,
                      const std::string& cell) {
    return test::message_of([&] { view(library, layers, cell); });
  }
};

TEST_F(LayoutWindow, IsTheSameWhereOnlyItsLayersAreKept) {
  for (const char* name : {"chip.gds", "chip.oas"}) {
    write_library(at(name), test::small_library());
    const Layout whole = Layout::open(at(name)), part = Layout::open(at(name), {{{11, 0}}});
    EXPECT_EQ(part.layers(), whole.layers());
    EXPECT_EQ(area(LayoutView(part, "TOP", {{11, 0}}).query(k_everything)),
              area(LayoutView(whole, "TOP", {{11, 0}}).query(k_everything)));
    EXPECT_GT(area(LayoutView(whole, "TOP", {{12, 1}}).query(k_everything)), 0.0);
    EXPECT_EQ(area(LayoutView(part, "TOP", {{12, 1}}).query(k_everything)), 0.0);
  }
}

TEST_F(LayoutWindow, EveryOrientationStandsWhereItsMatrixPutsIt) {
  Cell leaf{.name = "LEAF"};
  test::add_rectangle(leaf, {11, 0}, 10, 20, 40, 100);
  for (int turn = 0; turn < 4; ++turn)
    for (const bool mirror : {false, true}) {
      Cell top{.name = "TOP"};
      top.references.push_back(
          {.cell = "LEAF", .x = 500, .y = -700, .angle_deg = 90.0 * turn, .mirror = mirror});
      const Box box = view({.cells = {leaf, top}}).bounding_box();
      // Mirror about x first, then the turn, then the shift.
      Box want{1e30, 1e30, -1e30, -1e30};
      for (const double x : {10.0, 40.0})
        for (double y : {20.0, 100.0}) {
          if (mirror) y = -y;
          double u = x, v = y;
          for (int i = 0; i < turn; ++i) std::tie(u, v) = std::pair(-v, u);
          want = {std::min(want.x0, u + 500), std::min(want.y0, v - 700),
                  std::max(want.x1, u + 500), std::max(want.y1, v - 700)};
        }
      EXPECT_EQ(box.x0, want.x0) << turn << mirror;
      EXPECT_EQ(box.y0, want.y0) << turn << mirror;
      EXPECT_EQ(box.x1, want.x1) << turn << mirror;
      EXPECT_EQ(box.y1, want.y1) << turn << mirror;
    }
}

TEST_F(LayoutWindow, ArraysNestedInArraysCoverTheirArea) {
  Cell leaf{.name = "LEAF"}, row{.name = "ROW"}, top{.name = "TOP"};
  test::add_rectangle(leaf, {11, 0}, 0, 0, 10, 20);
  row.references.push_back({.cell = "LEAF", .columns = 50, .rows = 1, .column_x = 30});
  top.references.push_back(
      {.cell = "ROW", .magnification = 2.0, .columns = 1, .rows = 40, .row_y = 100});
  const LayoutView chip = view({.cells = {leaf, row, top}});
  EXPECT_DOUBLE_EQ(area(chip.query(k_everything)), 50.0 * 40.0 * 20.0 * 40.0);
  // A window over three columns and two rows, cutting none.
  EXPECT_DOUBLE_EQ(area(chip.query({-10, -10, 3 * 60 - 1, 199})), 6.0 * 20.0 * 40.0);
}

TEST_F(LayoutWindow, WindowsTogetherAreTheWhole) {
  const LayoutView chip = view(test::small_library());
  const Box box = chip.bounding_box();
  double sum = 0.0;
  for (int i = 0; i < 9; ++i)
    for (int j = 0; j < 7; ++j) {
      const double w = std::ceil(box.width() / 9), h = std::ceil(box.height() / 7);
      sum += area(
          chip.query({box.x0 + i * w, box.y0 + j * h, box.x0 + (i + 1) * w, box.y0 + (j + 1) * h}));
    }
  // Corners of the one placement turned by 30 degrees are rounded to 1/16 nm.
  EXPECT_NEAR(sum, area(chip.query(k_everything)), 1e-7 * sum + 10.0);
}

TEST_F(LayoutWindow, SmallWindowEqualsTheWholeCutAfterwards) {
  const LayoutView chip = view(test::small_library());
  const Box window{-100, 900, 2150, 2250};
  EXPECT_DOUBLE_EQ(area(chip.query(window)), area(clip(chip.query(k_everything), window)));
}

TEST_F(LayoutWindow, OverlapsCountOnce) {
  Cell top{.name = "TOP"};
  test::add_rectangle(top, {11, 0}, 0, 0, 100, 100);
  test::add_rectangle(top, {11, 0}, 50, 0, 150, 100);
  test::add_rectangle(top, {12, 0}, 140, 0, 200, 100);
  const LayoutView chip = view({.cells = {top}}, {{11, 0}, {12, 0}});
  ASSERT_EQ(chip.query(k_everything).size(), 1u);
  EXPECT_DOUBLE_EQ(area(chip.query(k_everything)), 200.0 * 100.0);
}

TEST_F(LayoutWindow, DatabaseUnitScalesAllLengths) {
  for (const double dbu_nm : {0.1, 0.25, 0.5, 1.0, 5.0}) {
    const LayoutView chip = view(test::small_library(dbu_nm));
    EXPECT_NEAR(chip.bounding_box().x1, 9000.0 * dbu_nm, 1e-9);
    EXPECT_NEAR(area(chip.query({8000 * dbu_nm, -500 * dbu_nm, 10000 * dbu_nm, 0})),
                1000 * 100 * dbu_nm * dbu_nm, 1e-6);
  }
}

// 2 million database units apart the Boolean's range would be left by far, were it not for the
// window.
TEST_F(LayoutWindow, EqualSurroundingsGiveEqualPolygonsAnywhere) {
  Library library = test::small_library();
  Cell chip{.name = "CHIP"};
  for (const double x : {0.0, 2'000'000'000.0})
    chip.references.push_back({.cell = "TOP", .x = x, .y = -x});
  library.cells.push_back(chip);
  const LayoutView far = view(library, {{11, 0}}, "CHIP");
  const auto here = far.query({-4000, -1000, 9000, 9000});
  auto there = far.query({-4000 + 2e9, -1000 - 2e9, 9000 + 2e9, 9000 - 2e9});
  for (Polygon& polygon : there)
    for (Point& p : polygon) p = {p.x - 2e9, p.y + 2e9};
  ASSERT_EQ(here.size(), there.size());
  for (std::size_t i = 0; i < here.size(); ++i) {
    ASSERT_EQ(here[i].size(), there[i].size());
    for (std::size_t k = 0; k < here[i].size(); ++k) {
      EXPECT_NEAR(here[i][k].x, there[i][k].x, 1e-6);  // doubles of 2e9 nm
      EXPECT_NEAR(here[i][k].y, there[i][k].y, 1e-6);
    }
  }
}

TEST_F(LayoutWindow, ShapeAcrossTheWholeChipIsCutWhereTheWindowIs) {
  Cell top{.name = "TOP"};
  test::add_rectangle(top, {11, 0}, -2'000'000'000, 0, 2'000'000'000, 100);
  const LayoutView chip = view({.cells = {top}});
  for (const double x : {-1.9e9, 0.0, 1.9e9})
    EXPECT_DOUBLE_EQ(area(chip.query({x, -50, x + 1000, 200})), 1000.0 * 100.0) << x;
}

TEST_F(LayoutWindow, WhatIsNotThereIsNamedWithWhatIs) {
  EXPECT_NE(message(test::small_library(), {{99, 0}}, "TOP")
                .find("no shapes on layer 99/0; it has '11/0', '12/1'"),
            std::string::npos);
  EXPECT_NE(
      message(test::small_library(), {{11, 0}}, "TIP").find("no cell 'TIP'; nearest are 'TOP'"),
      std::string::npos);
  Library two = test::small_library();
  two.cells.push_back({.name = "OTHER"});
  EXPECT_NE(message(two, {{11, 0}}, "").find("2 top cells"), std::string::npos);
}

TEST_F(LayoutWindow, RecursionAndMissingCellsAreNamed) {
  Library loop = test::small_library();
  loop.cells[0].references.push_back({.cell = "TOP"});
  EXPECT_NE(message(loop, {{11, 0}}, "TOP").find("recursive references"), std::string::npos);
  Library lost = test::small_library();
  lost.cells[0].references.push_back({.cell = "GONE"});
  WarningScope scope;
  EXPECT_EQ(message(lost, {{11, 0}}, "TOP"), "");
  EXPECT_NE(to_string(scope.log().take().at(0)).find("'GONE' in cell 'LEAF'"), std::string::npos);
  Library deep;
  const auto name = [](int i) { return std::string("C").append(std::to_string(i)); };
  for (int i = 0; i < 3000; ++i) {
    Cell cell{.name = name(i)};
    if (i > 0) cell.references.push_back({.cell = name(i - 1)});
    deep.cells.push_back(cell);
  }
  EXPECT_NE(message(deep, {}, "C2999").find("nested more than"), std::string::npos);
}

TEST_F(LayoutWindow, ArrayOfABillionCostsWhatTheWindowHolds) {
  Cell leaf{.name = "LEAF"}, top{.name = "TOP"};
  test::add_rectangle(leaf, {11, 0}, 0, 0, 10, 10);
  top.references.push_back(
      {.cell = "LEAF", .columns = 32767, .rows = 32767, .column_x = 100, .row_y = 100});
  const LayoutView chip = view({.cells = {leaf, top}});
  EXPECT_EQ(chip.query({1'000'000, 1'000'000, 1'001'000, 1'001'000}).size(), 100u);
  EXPECT_THROW(chip.query(k_everything), Error);
}

// Outlines of thousands of points, of which a window is handed few, and rails among small shapes.
TEST_F(LayoutWindow, LongOutlinesAndRailsAreCutAsTheWholeIs) {
  std::mt19937 random(3);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::vector<layout::DbPoint> star, comb{{0, 0}};
  for (int i = 0; i < 3000; ++i) {
    const double angle = 2.0 * 3.14159265358979 * i / 3000, radius = 20000.0 - below(4000);
    star.push_back({static_cast<int>(radius * std::cos(angle)), static_cast<int>(radius * std::sin(angle))});
  }
  for (int i = 0; i < 400; ++i)
    for (const layout::DbPoint p : {layout::DbPoint{30000, 50 * i}, {30000, 50 * i + 20}, {500, 50 * i + 20}, {500, 50 * i + 50}})
      comb.push_back(p);
  comb.push_back({0, comb.back().y});
  Cell top{.name = "TOP"};
  top.layers[{11, 0}].add(star);
  top.layers[{12, 0}].add(comb);
  for (int i = 0; i < 300; ++i) {
    const int x = below(30000), y = below(20000), length = i % 20 == 0 ? 25000 : 30;
    test::add_rectangle(top, {12, 0}, x, y, x + length, y + 25);
  }
  for (const int layer : {11, 12}) {
    const LayoutView chip = view({.cells = {top}}, {{layer, 0}});
    const std::vector<Polygon> whole = chip.query(k_everything);
    for (int i = 0; i < 40; ++i) {
      const double x = below(40000) - 20000, y = below(40000) - 20000;
      const Box window{x, y, x + 1500, y + 1700};
      const std::vector<Polygon> cut = clip(whole, window, 1.0 / 16);
      EXPECT_NEAR(area(chip.query(window)), area(cut), layer == 11 ? 0.5 * 3200 : 0.0) << layer << " " << x << " " << y;
    }
  }
}

// Slivers at odd angles, each over hundreds of others, as one array and as placements one by one.
TEST_F(LayoutWindow, ElementsOverOneAnotherCoverWhatTheyCoverOneByOne) {
  std::mt19937 random(7);
  const auto between = [&](int low, int high) { return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1)); };
  for (int set = 0; set < 6; ++set) {
    Cell sliver{.name = "SLIVER"};
    sliver.layers[{11, 0}].add({{0, 0}, {between(200, 3000), between(-400, 400)}, {between(-500, 500), between(20, 300)}});
    Reference array{.cell = "SLIVER", .x = 13, .y = -7, .angle_deg = 15.0 * set + 7.5, .mirror = set % 3 == 0};
    array.columns = between(20, 60), array.rows = between(20, 40);
    array.column_x = between(-6, 6), array.column_y = between(-6, 6);
    array.row_x = between(-6, 6), array.row_y = set % 4 == 0 ? 0 : between(-6, 6);
    Cell top{.name = "TOP"}, one_by_one{.name = "TOP"};
    top.references.push_back(array);
    for (int i = 0; i < array.columns; ++i)
      for (int j = 0; j < array.rows; ++j) {
        Reference one = array;
        one.columns = one.rows = 1;
        one.x += i * array.column_x + j * array.row_x;
        one.y += i * array.column_y + j * array.row_y;
        one_by_one.references.push_back(one);
      }
    const Box window{-250, -310, 420, 390};
    const auto by_array = view({.cells = {sliver, top}}).query(window);
    const auto singly = view({.cells = {sliver, one_by_one}}).query(window);
    double around = 0.0;
    for (const Polygon& polygon : singly)
      for (std::size_t i = 0; i < polygon.size(); ++i)
        around += std::hypot(polygon[i].x - polygon[i ? i - 1 : polygon.size() - 1].x, polygon[i].y - polygon[i ? i - 1 : polygon.size() - 1].y);
    EXPECT_NEAR(area(by_array), area(singly), around / 16.0) << set;
    std::vector<Polygon> both = by_array;
    both.insert(both.end(), singly.begin(), singly.end());
    EXPECT_NEAR(area(merge(both)), area(singly), around / 16.0) << set;
  }
}

TEST(LayerNames, AreLayerAndDatatype) {
  EXPECT_EQ(layer_from_text("11/0"), (LayerId{11, 0}));
  EXPECT_EQ(layer_from_text("7"), (LayerId{7, 0}));
  for (const char* bad : {"", "a", "1/", "/1", "-1/0", "1/7000000000", "1/2/3", " 1"})
    EXPECT_THROW(layer_from_text(bad), Error) << bad;
}

}  // namespace
}  // namespace reticle
