// SPDX-License-Identifier: Apache-2.0
// Files as other programs write them, legal or nearly: what is read, and what is said about it.
#include <gtest/gtest.h>

#include <cmath>

#include "litho/geometry/polygon_area.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/warnings.h"
#include "tests/masks/layout/small_layout.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

std::string be16(int v) { return {static_cast<char>(v >> 8), static_cast<char>(v)}; }
std::string be32(std::int64_t v) { return be16(static_cast<int>(v >> 16) & 0xFFFF) + be16(static_cast<int>(v) & 0xFFFF); }
std::string record(int type, int data, const std::string& body = {}) {
  return be16(static_cast<int>(body.size()) + 4) + static_cast<char>(type) + static_cast<char>(data) + body;
}
std::string points(const std::vector<std::pair<std::int64_t, std::int64_t>>& list) {
  std::string body;
  for (const auto& [x, y] : list) body += be32(x) + be32(y);
  return record(0x10, 3, body);
}
std::string text(int type, std::string value) {
  if (value.size() % 2 != 0) value.push_back('\0');
  return record(type, 6, value);
}
// 1 nm: 1e-3 and 1e-9 in excess-64.
std::string gds(const std::string& structures) {
  const std::string units("\x3E\x41\x89\x37\x4B\xC6\xA7\xEF\x39\x44\xB8\x2F\xA0\x9B\x5A\x54", 16);
  return record(0, 2, be16(600)) + record(1, 2, std::string(24, '\0')) + text(2, "LIB") + record(3, 5, units) +
         structures + record(4, 0);
}
std::string structure(const std::string& name, const std::string& elements) {
  return record(5, 2, std::string(24, '\0')) + text(6, name) + elements + record(7, 0);
}
std::string boundary(const std::vector<std::pair<std::int64_t, std::int64_t>>& list, int layer = 1) {
  return record(8, 0) + record(0x0D, 2, be16(layer)) + record(0x0E, 2, be16(0)) + points(list) + record(0x11, 0);
}
const std::string k_square = boundary({{0, 0}, {0, 10}, {10, 10}, {10, 0}, {0, 0}});

// %SEMI-OASIS, START at 1 nm, a cell A.
std::string oasis(const std::string& records) {
  return std::string("%SEMI-OASIS\r\n\x01\x03") + "1.0" + std::string("\0\xE8\x07\0", 4) + std::string(12, '\0') +
         "\x0E\x01" + "A" + records + '\x02' + std::string(255, '\0');
}

class ImperfectLayout : public test::Scratch {
 protected:
  // Area of a layer of the only top cell; what was said is in `said`.
  double area(const std::string& name, const std::string& bytes, LayerId layer = {1, 0}) {
    WarningScope scope;
    const Layout layout = Layout::open(put(name, bytes));
    double sum = 0.0;
    for (const Polygon& polygon : LayoutView(layout, "", {layer}).query({-1e10, -1e10, 1e10, 1e10}))
      sum += std::abs(signed_area(polygon));
    said.clear();
    for (const Warning& warning : scope.log().take()) said += to_string(warning) + "\n";
    return sum;
  }
  std::string said;
};

TEST_F(ImperfectLayout, FlatBoundariesAreLeftOutWithACount) {
  const std::string flat = boundary({{0, 0}, {5, 5}, {0, 0}});
  EXPECT_EQ(area("a.gds", gds(structure("TOP", k_square + flat + flat))), 100.0);
  EXPECT_NE(said.find("fewer than three points are left out (2 times, first at byte"), std::string::npos) << said;
  EXPECT_NE(said.find("cell 'TOP'"), std::string::npos) << said;
}

TEST_F(ImperfectLayout, CrossingBoundariesAreFilled) {
  EXPECT_EQ(area("a.gds", gds(structure("TOP", boundary({{0, 0}, {1000, 1000}, {1000, 0}, {0, 1000}, {0, 0}})))), 500000.0);
  EXPECT_EQ(area("b.gds", gds(structure("TOP", boundary({{0, 0}, {100, 0}, {100, 200}, {200, 200}, {200, 100}, {0, 100}, {0, 0}})))),
            20000.0);
}

TEST_F(ImperfectLayout, GhostReferencesAreEmpty) {
  const std::string ghost = record(0x0A, 0) + text(0x12, "GONE") + points({{5, 5}}) + record(0x11, 0);
  EXPECT_EQ(area("a.gds", gds(structure("TOP", k_square + ghost + ghost))), 100.0);
  EXPECT_NE(said.find("not in the file; they are taken as empty (2 times, first at 'GONE' in cell 'TOP')"), std::string::npos) << said;
}

TEST_F(ImperfectLayout, KLayoutsContextIsNeitherTopNorGeometry) {
  const std::string context =
      record(0x0A, 0) + text(0x12, "TOP") + points({{0, 0}}) + record(0x11, 0) + k_square + boundary({{0, 0}, {0, 0}, {0, 0}, {0, 0}});
  EXPECT_EQ(area("a.gds", gds(structure("TOP", k_square) + structure("$$$CONTEXT_INFO$$$", context))), 100.0);
  EXPECT_EQ(said, "");
  EXPECT_EQ(Layout::open(at("a.gds")).top_cells(), std::vector<std::string>{"TOP"});
}

TEST_F(ImperfectLayout, ArraysTakeUnsignedCountsAndZeroAsOne) {
  const auto array = [](int columns, int rows, std::int64_t x, std::int64_t y) {
    return record(0x0B, 0) + text(0x12, "A") + record(0x13, 2, be16(columns) + be16(rows)) + points({{0, 0}, {x, 0}, {0, y}}) + record(0x11, 0);
  };
  const std::string leaf = structure("A", k_square);
  EXPECT_EQ(area("a.gds", gds(leaf + structure("TOP", array(40000, 1, 800000, 20)))), 4e6);
  EXPECT_EQ(area("b.gds", gds(leaf + structure("TOP", array(0, 3, 20, 60)))), 300.0);
  EXPECT_NE(said.find("taken as 1"), std::string::npos) << said;
}

TEST_F(ImperfectLayout, PointsToSpareAreIgnored) {
  const std::string placed = record(0x0A, 0) + text(0x12, "A") + points({{5, 5}, {9, 9}}) + record(0x11, 0);
  EXPECT_EQ(area("a.gds", gds(structure("A", k_square) + structure("TOP", placed))), 100.0);
  EXPECT_NE(said.find("are ignored"), std::string::npos) << said;
}

TEST_F(ImperfectLayout, TheWholeRangeOf32BitsIsRead) {
  const std::int64_t far = 2147483647;
  EXPECT_NEAR(area("a.gds", gds(structure("TOP", boundary({{-far, -far}, {-far, far}, {far, far}, {far, -far}, {-far, -far}})))),
              4.0 * far * far, 1e6);
  EXPECT_NEAR(area("b.gds", gds(structure("TOP", boundary({{-far, -far}, {far, far}, {far, -far}, {-far, -far}})))), 2.0 * far * far, 1e10);
}

TEST_F(ImperfectLayout, DefinedTwiceIsRefusedBeforeItIsWritten) {
  const auto path = put("a.gds", gds(structure("TOP", k_square) + structure("TOP", k_square)));
  EXPECT_NE(test::message_of([&] { read_library(path); }).find("'TOP' is defined twice"), std::string::npos);
}

TEST_F(ImperfectLayout, WhatIsLostIsSaidAndDatesAreValid) {
  const std::string square = k_square.substr(0, k_square.size() - 4) + record(0x2B, 2, be16(1)) + text(0x2C, "net") + record(0x11, 0);
  WarningScope scope;
  write_library(at("b.gds"), read_library(put("a.gds", gds(structure("TOP", square)))));
  const std::vector<Warning> lost = scope.log().take();
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_NE(lost[0].what.find("properties"), std::string::npos);
  EXPECT_EQ(bytes_of(at("b.gds")).substr(6 + 4, 12), be16(1970) + be16(1) + be16(1) + std::string(6, '\0'));
}

TEST_F(ImperfectLayout, CompactTrapezoidsLeaveTheirSidesForLaterRecords) {
  // CTRAPEZOID of a kind and one side, then RECTANGLE without sizes.
  const auto pair = [](int kind, bool by_height, int side) {
    return std::string("\x1A") + static_cast<char>(0x80 | (by_height ? 0x20 : 0x40) | 0x1B) + "\x01" + std::string(1, '\0') +
           static_cast<char>(kind) + static_cast<char>(side) + std::string(2, '\0') +
           "\x14\x18" + std::string("\x80\x02\x80\x02", 4);  // at (128, 128)
  };
  for (const int kind : {16, 17, 18, 19, 25}) {
    const double shape = kind == 25 ? 400.0 : 200.0;
    EXPECT_EQ(area("a.oas", oasis(pair(kind, false, 20))), shape + 400.0) << kind;
  }
  for (const int kind : {22, 23}) EXPECT_EQ(area("a.oas", oasis(pair(kind, false, 20))), 400.0 + 20.0 * 40.0) << kind;
  for (const int kind : {20, 21}) EXPECT_EQ(area("a.oas", oasis(pair(kind, true, 20))), 400.0 + 40.0 * 20.0) << kind;
}

TEST_F(ImperfectLayout, OddManhattanListsAreClosed) {
  // POLYGON: 3 deltas of a level-first list, (10, 0), (0, 10), (-10, 0): the square is closed as it stands.
  const std::string polygon = std::string("\x15\x3B\x01", 3) + std::string("\0\0\x03\x14\x14\x15", 6) + std::string(2, '\0');
  EXPECT_EQ(area("a.oas", oasis(polygon)), 100.0);
  EXPECT_NE(said.find("odd length"), std::string::npos) << said;
}

TEST_F(ImperfectLayout, ShapesOfExtensionsAreSaidToBeLeftOut) {
  // RECTANGLE 10 x 10 on 1/0, then XGEOMETRY on the same layer with a string of its own.
  const std::string shapes = std::string("\x14\x7B\x01\0\x0A\x0A\0\0", 8) + std::string("\x21\x03\x05\x01\0\x02xy", 8);
  EXPECT_EQ(area("a.oas", oasis(shapes)), 100.0);
  EXPECT_NE(said.find("XGEOMETRY"), std::string::npos) << said;
}

TEST_F(ImperfectLayout, OasisLayersMayExceed16Bits) {
  const std::string rectangle = std::string("\x14\x7B") + "\xA0\x8D\x06" + std::string(1, '\0') + "\x0A\x0A" + std::string(2, '\0');
  EXPECT_EQ(area("a.oas", oasis(rectangle), layer_from_text("100000/0")), 100.0);
}

TEST_F(ImperfectLayout, NamesOasisDoesNotAllowAreChangedWithAWarning) {
  test::Library library = test::small_library();
  library.cells[0].name = "LEAF CELL";
  for (auto& reference : library.cells[1].references) reference.cell = "LEAF CELL";
  WarningScope scope;
  write_library(at("a.oas"), library);
  EXPECT_EQ(Layout::open(at("a.oas")).cells(), (std::vector<std::string>{"LEAF_CELL", "TOP"}));
  const auto said_here = scope.log().take();
  ASSERT_EQ(said_here.size(), 1u);
  EXPECT_NE(to_string(said_here[0]).find("'LEAF CELL', now 'LEAF_CELL'"), std::string::npos);
}

TEST_F(ImperfectLayout, TextsLongerThanARecordAreCut) {
  test::Library library = test::small_library();
  library.cells[1].labels[0].text = std::string(70000, 'x');
  WarningScope scope;
  write_library(at("a.gds"), library);
  EXPECT_EQ(read_library(at("a.gds")).cells[1].labels[0].text.size(), 65530u);
  EXPECT_EQ(scope.log().take().size(), 1u);
}

TEST_F(ImperfectLayout, EmptyFilesSaySo) {
  EXPECT_NE(test::message_of([&] { area("a.gds", gds("")); }).find("holds no cell"), std::string::npos);
  EXPECT_NE(test::message_of([&] { area("b.gds", gds(structure("TOP", ""))); }).find("no shapes at all"), std::string::npos);
}

TEST_F(ImperfectLayout, ShapesWithoutAreaAreLeftOutWithACount) {
  const std::string line = boundary({{100, 0}, {150, 50}, {200, 100}, {100, 0}}), point = boundary({{7, 7}, {7, 7}, {7, 7}, {7, 7}});
  EXPECT_EQ(area("a.gds", gds(structure("TOP", k_square + line))), 100.0);
  EXPECT_NE(said.find("boundaries without area are left out (at byte"), std::string::npos) << said;
  EXPECT_EQ(area("b.gds", gds(structure("TOP", k_square + line + point))), 100.0);
  EXPECT_NE(said.find("(2 times"), std::string::npos) << said;
  // RECTANGLEs of 10 x 10, 0 x 10 and a CIRCLE of radius 0.
  const std::string shapes = std::string("\x14\x7B\x01\0\x0A\x0A\0\0", 8) + std::string("\x14\x7B\x01\0\0\x0A\0\0", 8) + std::string("\x1B\x3B\x01\0\0\0\0", 7);
  EXPECT_EQ(area("a.oas", oasis(shapes)), 100.0);
  EXPECT_NE(said.find("shapes without area are left out (2 times"), std::string::npos) << said;
}

TEST_F(ImperfectLayout, WhatIsTakenOtherwiseThanMeantIsSaid) {
  const std::string leaf = structure("A", k_square);
  const auto placed = [](const std::string& name, int flags, char mag) {
    return record(0x0A, 0) + text(0x12, name) + record(0x1A, 1, be16(flags)) + record(0x1B, 5, std::string("\x41", 1) + std::string(1, static_cast<char>(mag << 4)) + std::string(6, '\0')) +
           points({{0, 0}}) + record(0x11, 0);
  };
  EXPECT_EQ(area("a.gds", gds(leaf + structure("TOP", placed("A", 4, 2)))), 400.0);
  EXPECT_NE(said.find("absolute magnifications"), std::string::npos) << said;
  const auto path = [](std::int64_t width, int type, std::int64_t x) {
    return record(9, 0) + record(0x0D, 2, be16(1)) + record(0x0E, 2, be16(0)) + record(0x21, 2, be16(type)) + record(0x0F, 3, be32(width)) +
           points({{x, 0}, {x, 100}}) + record(0x11, 0);
  };
  EXPECT_EQ(area("b.gds", gds(structure("B", path(-10, 0, 0)) + structure("TOP", placed("B", 0, 2)))), 4000.0);
  EXPECT_NE(said.find("absolute widths"), std::string::npos) << said;
  EXPECT_EQ(area("c.gds", gds(structure("TOP", path(-10, 0, 0)))), 1000.0);
  EXPECT_EQ(said, "");
  EXPECT_EQ(area("d.gds", gds(structure("TOP", path(10, 3, 0)))), 1000.0);
  EXPECT_NE(said.find("unknown type"), std::string::npos) << said;
  EXPECT_NE(test::message_of([&] { area("e.gds", gds(structure("TOP", path(200, 0, 2147483600)))); }).find("beyond 32-bit"), std::string::npos);
}

TEST_F(ImperfectLayout, NameAndDatesOfALibraryAreKept) {
  std::string dates;
  for (const int d : {2024, 2, 29, 23, 59, 58, 2025, 1, 2, 3, 4, 5}) dates += be16(d);
  std::string file = gds(structure("TOP", k_square));
  file.replace(6 + 4, 24, dates);
  write_library(at("b.gds"), read_library(put("a.gds", file)));
  EXPECT_EQ(bytes_of(at("b.gds")).substr(6, 28), record(1, 2, dates));
  EXPECT_EQ(bytes_of(at("b.gds")).substr(34, 8), text(2, "LIB"));
}

TEST_F(ImperfectLayout, PropertiesAboutTheFileAreNoLoss) {
  // PROPERTY by name without values: S_TOP_CELL, then MINE, then MINE again by the modal record.
  const std::string about = std::string("\x1C\x04\x0A") + "S_TOP_CELL", mine = std::string("\x1C\x04\x04") + "MINE";
  EXPECT_TRUE(read_library(put("a.oas", oasis(about))).not_kept.empty());
  const auto lost = read_library(put("b.oas", oasis(about + mine + "\x1D"))).not_kept;
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].count, 2u);
}

TEST_F(ImperfectLayout, NamesThatReadersCutShortAreChanged) {
  layout::Library library;
  for (const std::string& name : {std::string("x\0y", 3), std::string("x_y"), std::string("x\ty")}) {
    library.cells.push_back({.name = name});
    test::add_rectangle(library.cells.back(), {1, 0}, 0, 0, 10, 10);
  }
  WarningScope scope;
  write_library(at("a.gds"), library);
  EXPECT_EQ(Layout::open(at("a.gds")).cells(), (std::vector<std::string>{"x_y", "x_y1", "x_y2"}));
  EXPECT_EQ(scope.log().take().at(0).count, 3u);
}

TEST_F(ImperfectLayout, RowsOfTwoThousandMillionCostWhatTheWindowHolds) {
  for (const bool level : {true, false}) {
    layout::Library library;
    library.cells.push_back({.name = "A"});
    test::add_rectangle(library.cells[0], {1, 0}, 0, 0, 1, 1);
    library.cells.push_back({.name = "TOP"});
    layout::Reference row{.cell = "A", .x = -2e9, .y = -2e9};
    (level ? row.columns : row.rows) = 2000000000;
    (level ? row.column_x : row.row_y) = 2.0;
    library.cells[1].references.push_back(row);
    write_library(at("a.oas"), library);
    const LayoutView view(Layout::open(at("a.oas")), "", {{1, 0}});
    const Box window = level ? Box{1e9, -2e9, 1e9 + 20, -2e9 + 5} : Box{-2e9, 1e9, -2e9 + 5, 1e9 + 20};
    EXPECT_EQ(view.query(window).size(), 10u);
    write_library(at("a.gds"), library);
    EXPECT_EQ(LayoutView(Layout::open(at("a.gds")), "", {{1, 0}}).query(window).size(), 10u);
    (level ? library.cells[1].references[0].rows : library.cells[1].references[0].columns) = 2000000000;
    EXPECT_NE(test::message_of([&] { write_library(at("b.gds"), library); }).find("ten million placements"), std::string::npos);
  }
}

TEST(LayoutNames, MayBeInCapitals) {
  for (const char* name : {"A.GDS", "a.gds.gz", "A.GDS.GZ", "B.OAS", "b.Oas.Gz"}) EXPECT_TRUE(is_layout_name(name)) << name;
}

}  // namespace
}  // namespace reticle
