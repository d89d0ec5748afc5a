// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "tests/masks/layout/small_layout.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

using test::Cell;
using test::Library;

class ArraySteps : public test::Scratch {
 protected:
  LayoutArrays arrays(const Library& library) {
    write_library(at("chip.gds"), library);
    return LayoutView(Layout::open(at("chip.gds")), "TOP", {{11, 0}}).arrays();
  }
  static Cell bit() {
    Cell cell{.name = "BIT"};
    test::add_rectangle(cell, {11, 0}, 10, 20, 500, 200);
    test::add_rectangle(cell, {11, 0}, 10, 300, 90, 900);
    return cell;
  }
};

// Rows mirrored in turn repeat at two rows.
TEST_F(ArraySteps, AreThoseOfCellsPlacedOneByOne) {
  Cell top{.name = "TOP"};
  for (int row = 0; row < 6; ++row)
    for (int column = 0; column < 8; ++column)
      top.references.push_back({.cell = "BIT", .x = 705.0 * column, .y = 1345.0 * (row + row % 2), .mirror = row % 2 == 1});
  const LayoutArrays found = arrays({.cells = {bit(), top}});
  ASSERT_FALSE(found.x.empty() || found.y.empty());
  EXPECT_EQ(found.x[0].step_nm, 705.0);
  EXPECT_EQ(found.y[0].step_nm, 2690.0);
  EXPECT_NEAR(found.x[0].share, 1.0, 1e-12);
  EXPECT_NEAR(found.y[0].share, 1.0, 1e-12);
}

TEST_F(ArraySteps, TurnWithTheCellThatHoldsTheArray) {
  Cell block{.name = "BLOCK"}, top{.name = "TOP"};
  block.references.push_back({.cell = "BIT", .columns = 10, .rows = 4, .column_x = 705.0, .row_y = 1000.0});
  for (const double angle : {0.0, 90.0, 270.0})
    top.references.push_back({.cell = "BLOCK", .x = 1e5 * angle, .angle_deg = angle});
  const LayoutArrays found = arrays({.cells = {bit(), block, top}});
  ASSERT_GE(found.x.size(), 2u);
  EXPECT_EQ(found.x[0].step_nm, 1000.0);  // two of three blocks lie on their side
  EXPECT_NEAR(found.x[0].share, 2.0 / 3, 1e-12);
  EXPECT_EQ(found.y[0].step_nm, 705.0);
}

TEST_F(ArraySteps, AreFoundInFlatShapes) {
  Cell top{.name = "TOP"};
  for (int row = 0; row < 5; ++row)
    for (int column = 0; column < 9; ++column)
      test::add_rectangle(top, {11, 0}, 330 * column, 410 * row, 330 * column + 100, 410 * row + 200);
  test::add_rectangle(top, {11, 0}, -5000, 0, -3000, 1000);
  const LayoutArrays found = arrays({.cells = {top}});
  ASSERT_FALSE(found.x.empty() || found.y.empty());
  EXPECT_EQ(found.x[0].step_nm, 330.0);
  EXPECT_EQ(found.y[0].step_nm, 410.0);
  EXPECT_NEAR(found.x[0].share, 45 * 20000.0 / (45 * 20000.0 + 2e6), 1e-12);
  ASSERT_EQ(found.x[0].runs.size(), 1u);
  EXPECT_EQ(found.x[0].runs[0].length_nm, 9 * 330.0);
  EXPECT_EQ(found.y[0].runs[0].length_nm, 5 * 410.0);
}

// Two arrays of one cell: as long as each is, whether it is placed as one or one by one.
TEST_F(ArraySteps, KnowHowLongTheirRunsAre) {
  Cell top{.name = "TOP"};
  top.references.push_back({.cell = "BIT", .columns = 12, .rows = 3, .column_x = 705.0, .row_y = 1500.0});
  for (int column = 0; column < 4; ++column)
    for (int row = 0; row < 3; ++row) top.references.push_back({.cell = "BIT", .x = 705.0 * column, .y = 90000.0 + 1500.0 * row});
  const LayoutArrays found = arrays({.cells = {bit(), top}});
  ASSERT_EQ(found.x.size(), 1u);
  ASSERT_EQ(found.x[0].runs.size(), 2u);
  EXPECT_EQ(found.x[0].runs[0].length_nm, 4 * 705.0);
  EXPECT_NEAR(found.x[0].runs[0].share, 0.25, 1e-12);
  EXPECT_EQ(found.x[0].runs[1].length_nm, 12 * 705.0);
  EXPECT_NEAR(found.x[0].runs[1].share, 0.75, 1e-12);
  ASSERT_EQ(found.y[0].runs.size(), 1u);
  EXPECT_EQ(found.y[0].runs[0].length_nm, 4500.0);
}

TEST_F(ArraySteps, ALayoutWithoutRepetitionHasNone) {
  Cell top{.name = "TOP"};
  for (int i = 1; i < 40; ++i) test::add_rectangle(top, {11, 0}, 100 * i * i, 0, 100 * i * i + 20 * i, 500);
  const LayoutArrays found = arrays({.cells = {top}});
  EXPECT_TRUE(found.x.empty() && found.y.empty());
}

}  // namespace
}  // namespace reticle
