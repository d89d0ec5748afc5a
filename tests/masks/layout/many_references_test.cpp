// SPDX-License-Identifier: Apache-2.0
// Cells with very many placements: found by window, and joined to lattices, they draw what they drew one by one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "litho/geometry/boolean.h"
#include "litho/geometry/polygon_area.h"
#include "masks/layout/box_tree.h"
#include "masks/layout/lattices.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "tests/masks/layout/small_layout.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

using layout::BoxTree;
using test::Cell;
using test::Library;
using layout::Placement;

double area(const std::vector<Polygon>& polygons) {
  double sum = 0.0;
  for (const Polygon& polygon : polygons) sum += std::abs(signed_area(polygon));
  return sum;
}

TEST(BoxTree, FindsAllThatTouchesAWindowInAscendingOrder) {
  std::mt19937 generator(3);
  std::uniform_real_distribution<double> place(-1000, 1000), size(0, 60);
  for (const int count : {1, 16, 17, 256, 257, 5000}) {
    std::vector<Box> boxes;
    for (int i = 0; i < count; ++i) {
      const double x = place(generator), y = place(generator);
      boxes.push_back(i % 7 == 3 ? layout::k_nothing : Box{x, y, x + size(generator), y + size(generator)});
    }
    const BoxTree tree(boxes);
    for (int trial = 0; trial < 20; ++trial) {
      const double x = place(generator), y = place(generator);
      const Box window{x, y, x + 4 * size(generator), y + 4 * size(generator)};
      std::vector<std::size_t> visited;
      tree.near(window, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) visited.push_back(i);
      });
      EXPECT_TRUE(std::is_sorted(visited.begin(), visited.end()));
      for (std::size_t i = 0; i < boxes.size(); ++i) {
        const bool wanted = !layout::is_empty(boxes[i]) && layout::touch(boxes[i], window);
        EXPECT_TRUE(!wanted || std::binary_search(visited.begin(), visited.end(), i)) << count << " " << i;
      }
    }
  }
}

TEST(Lattices, HoldThePlacementsTheyWereJoinedFrom) {
  std::mt19937 generator(5);
  std::vector<Placement> drawn;
  for (int row = 0; row < 6; ++row)  // mirrored in turn, as an SRAM's; two rows have one more
    for (int column = 0; column < (row == 4 ? 9 : 8); ++column)
      drawn.push_back({.target = 1, .x = 700.0 * column, .y = 1350.0 * row, .mirror = row % 2 == 1});
  for (int i = 0; i < 40; ++i)
    drawn.push_back({.target = generator() % 2, .x = static_cast<double>(generator() % 50), .y = static_cast<double>(generator() % 50),
                     .angle_deg = 90.0 * static_cast<double>(generator() % 4)});
  drawn.push_back(drawn.back());  // twice in one place
  drawn.push_back({.target = 1, .x = 0.5, .y = 0.0});
  drawn.push_back({.target = 0, .x = 3, .columns = 4, .rows = 2, .column_x = 10, .row_y = 7});
  const auto places = [](const std::vector<Placement>& references) {
    std::vector<std::tuple<std::size_t, double, bool, double, double>> all;
    for (const Placement& r : references)
      for (int j = 0; j < r.rows; ++j)
        for (int i = 0; i < r.columns; ++i)
          all.emplace_back(r.target, r.angle_deg, r.mirror, r.x + i * r.column_x + j * r.row_x, r.y + i * r.column_y + j * r.row_y);
    std::sort(all.begin(), all.end());
    return all;
  };
  std::shuffle(drawn.begin(), drawn.end(), generator);
  std::vector<Placement> joined = drawn;
  layout::join_lattices(joined);
  EXPECT_EQ(places(joined), places(drawn));
  EXPECT_LT(joined.size(), drawn.size() - 45);
  layout::sort_by_place(joined);
  EXPECT_EQ(places(joined), places(drawn));
}

class ManyReferences : public test::Scratch {};

TEST_F(ManyReferences, WindowsHoldWhatEachPlacementDraws) {
  std::mt19937 generator(7);
  const auto number = [&](int most) { return static_cast<int>(generator() % static_cast<unsigned>(most)); };
  Cell leaf{.name = "LEAF"}, top{.name = "TOP"}, empty{.name = "EMPTY"};
  test::add_rectangle(leaf, {1, 0}, 0, 0, 30, 70);
  test::add_rectangle(empty, {2, 0}, 0, 0, 30, 70);
  std::vector<Polygon> placed;
  for (int i = 0; i < 700; ++i) {
    const bool in_row = i < 400;
    const int x = in_row ? 100 * (i % 20) : number(4000), y = in_row ? 150 * (i / 20) : number(4000), turn = number(in_row ? 2 : 4);
    top.references.push_back({.cell = "LEAF", .x = double(x), .y = double(y), .angle_deg = 90.0 * turn});
    top.references.push_back({.cell = "EMPTY", .x = double(x), .y = double(y)});
    Polygon p;
    for (const auto& [u, v] : {std::pair(0, 0), {30, 0}, {30, 70}, {0, 70}}) {
      const int turned[4][2] = {{u, v}, {-v, u}, {-u, -v}, {v, -u}};
      p.push_back({double(x + turned[turn][0]), double(y + turned[turn][1])});
    }
    placed.push_back(p);
  }
  const Library library{.cells = {leaf, top, empty}};
  for (const char* name : {"chip.gds", "chip.oas"}) {
    write_library(at(name), library);
    const Layout layout = Layout::open(at(name), {{{1, 0}}});
    EXPECT_EQ(layout.top_cells(), std::vector<std::string>{"TOP"});
    const LayoutView view(layout, "", {{1, 0}});
    for (int trial = 0; trial < 30; ++trial) {
      const double x = number(4000), y = number(4000);
      const Box window{x, y, x + 300, y + 500};
      EXPECT_EQ(area(view.query(window)), area(clip(placed, window)));
    }
  }
}

}  // namespace
}  // namespace reticle
