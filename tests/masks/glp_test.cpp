// SPDX-License-Identifier: Apache-2.0
#include "masks/glp.h"

#include "litho/geometry/boolean.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

double area_of(const Design& design) {
  double sum = 0.0;
  for (const Polygon& polygon : design.polygons) sum += std::abs(signed_area(polygon));
  return sum;
}

using Glp = test::Scratch;

TEST_F(Glp, ShiftsByTheContestsOffset) {
  const Design design = read_glp(put("a.glp", "BEGIN\nRECT N M1 10 20 30 40\nENDMSG\n"));
  EXPECT_EQ(design.window, (Box{0, 0, 2048, 2048}));
  ASSERT_EQ(design.polygons.size(), 1u);
  EXPECT_EQ(area_of(design), 1200.0);
  for (const Point& p : design.polygons[0]) EXPECT_TRUE(p.x == 522 || p.x == 552);
}

TEST_F(Glp, OverlappingShapesMeanTheirUnion) {
  const Design design =
      read_glp(put("a.glp", "RECT N M1 0 0 10 10\nRECT N M1 5 0 10 10\nENDMSG\n"));
  EXPECT_EQ(design.polygons.size(), 1u);
  EXPECT_EQ(area_of(design), 150.0);
}

TEST_F(Glp, AMarkOfUtf8IsNoWord) {
  EXPECT_EQ(area_of(read_glp(put("a.glp", "\xEF\xBB\xBF" "BEGIN\r\nRECT N M1 0 0 10 10\r\nENDMSG\r\n"))), 100.0);
}

TEST_F(Glp, HolesKeepTheirArea) {
  const Design design = read_glp(put("a.glp",
                                     "RECT N M1 0 0 30 10\nRECT N M1 0 20 30 10\nRECT N M1 0 0 10 "
                                     "30\nRECT N M1 20 0 10 30\nENDMSG\n"));
  EXPECT_EQ(area_of(design), 800.0);
}

TEST_F(Glp, ErrorsNameFileAndLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"PGON N M1 0 0 10 0 10\nENDMSG\n", "pairs"},
      {"PGON N M1 0 0 10 0\nENDMSG\n", "points"},
      {"PGON N M1 0 0 10 0 20 0\nENDMSG\n", "no area"},
      {"RECT N M1 0 0 0 5\nENDMSG\n", "no area"},
      {"RECT N M1 0 0 5\nENDMSG\n", "takes x, y"},
      {"RECT N M1 0 0 nan 5\nENDMSG\n", "not a whole number"},
      {"RECT N M1 0 0 1.5 5\nENDMSG\n", "not a whole number"},
      {"RECT N M1 0 0 99999999999999 5\nENDMSG\n", "not a whole number"},
      {"RECT N M1 0 0 999999999 5\nENDMSG\n", "farther"},
      {"LEVEL M1\nRECT N M1 0 0 5 5\nLEVEL M2\nRECT N M1 0 0 5 5\nENDMSG\n", "two levels"},
      {"RECT N M1 0 0 5 5\nRECT N M2 0 0 5 5\nENDMSG\n", "two layers"},
      {"CELL A PRIME\nRECT N M1 0 0 5 5\nENDCELL\nCELL B\nRECT N M1 0 0 5 5\nENDMSG\n", "two cells"},
      {"EQUIV 1 1000 INCH +X,+Y\nRECT N M1 0 0 5 5\nENDMSG\n", "INCH"},
      {"EQUIV 1 1000 MICRON +Y,+X\nRECT N M1 0 0 5 5\nENDMSG\n", "axes"},
      {"EQUIV 1 0 MICRON +X,+Y\nRECT N M1 0 0 5 5\nENDMSG\n", "above 0"},
      {"HELLO\nENDMSG\n", "unknown word"},
      {"RECT N M1 0 0 5 5\n", "ENDMSG"},
      {"ENDMSG\n", "no RECT"},
      {"", "ENDMSG"}};
  for (const auto& [text, wanted] : cases) {
    const std::string message =
        test::message_of([&] { read_glp(put("bad.glp", std::string(text))); });
    EXPECT_NE(message.find("bad.glp:"), std::string::npos) << text << message;
    EXPECT_NE(message.find(wanted), std::string::npos) << text << message;
  }
  EXPECT_THROW(read_glp(at("missing.glp")), Error);
}

TEST_F(Glp, EquivScalesAndCrossingOutlinesAreFilled) {
  EXPECT_EQ(area_of(read_glp(put("e.glp", "EQUIV 1 100 MICRON +X,+Y\nRECT N M1 0 0 5 7\nENDMSG\n"))), 3500.0);
  EXPECT_EQ(area_of(read_glp(put("b.glp", "PGON N M1 0 0 100 100 100 0 0 100\nENDMSG\n"))), 5000.0);
}

TEST_F(Glp, ShapesBeyondTheClipAreRefusedUnlessKept) {
  for (const char* shape : {"5000 0 10 10", "-600 0 10 10", "1530 0 10 10", "0 -513 10 10"}) {
    const auto path = put("o.glp", std::string("RECT N M1 0 0 9 9\nRECT N M1 ") + shape + "\nENDMSG\n");
    EXPECT_NE(test::message_of([&] { read_glp(path); }).find("beyond the clip"), std::string::npos) << shape;
    EXPECT_EQ(area_of(read_glp(path, {.beyond = BeyondWindow::keep})), 181.0);
  }
}

TEST_F(Glp, OneMessageOfOneUnitIsRead) {
  const std::string shape = "RECT N M1 0 0 9 9\n";
  EXPECT_NE(test::message_of([&] { read_glp(put("m.glp", shape + "ENDMSG\nBEGIN\n" + shape + "ENDMSG\n")); }).find("m.glp:3: goes on after ENDMSG"), std::string::npos);
  EXPECT_NE(test::message_of([&] { read_glp(put("u.glp", "EQUIV 1 1000 MICRON\nEQUIV 1 100 MICRON\n" + shape + "ENDMSG\n")); }).find("u.glp:2: a second EQUIV"), std::string::npos);
  EXPECT_EQ(area_of(read_glp(put("e.glp", shape + "ENDMSG\n\n"))), 81.0);
}

TEST_F(Glp, ContestClipsAreRead) {
  const std::filesystem::path path = std::string(RETICLE_DATA_DIR) + "/iccad13/M1_test1.glp";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  EXPECT_EQ(read_glp(path).polygons.size(), 10u);  // its ten shapes do not touch
}

}  // namespace
}  // namespace reticle
