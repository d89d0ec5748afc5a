// SPDX-License-Identifier: Apache-2.0
// GDSII and OASIS files: what is written is read again, and what other programs wrote is the same
// in both.
#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

#include "litho/geometry/boolean.h"
#include "litho/geometry/polygon_area.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "tests/masks/layout/small_layout.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

using test::Cell;
using test::Library;

void expect_equal(const Library& a, const Library& b) {
  EXPECT_EQ(a.dbu_nm, b.dbu_nm);
  ASSERT_EQ(a.cells.size(), b.cells.size());
  for (std::size_t c = 0; c < a.cells.size(); ++c) {
    const Cell &x = a.cells[c], &y = b.cells[c];
    EXPECT_EQ(x.name, y.name);
    ASSERT_EQ(x.labels.size(), y.labels.size());
    for (std::size_t i = 0; i < x.labels.size(); ++i) {
      EXPECT_EQ(x.labels[i].layer, y.labels[i].layer);
      EXPECT_EQ(x.labels[i].at.x, y.labels[i].at.x);
      EXPECT_EQ(x.labels[i].text, y.labels[i].text);
    }
    ASSERT_EQ(x.references.size(), y.references.size());
    for (std::size_t i = 0; i < x.references.size(); ++i) {
      const auto &p = x.references[i], &q = y.references[i];
      EXPECT_EQ(std::tie(p.cell, p.x, p.y, p.mirror, p.columns, p.rows, p.column_x, p.column_y,
                         p.row_x, p.row_y),
                std::tie(q.cell, q.x, q.y, q.mirror, q.columns, q.rows, q.column_x, q.column_y,
                         q.row_x, q.row_y));
      EXPECT_DOUBLE_EQ(p.angle_deg, q.angle_deg);
      EXPECT_DOUBLE_EQ(p.magnification, q.magnification);
    }
    ASSERT_EQ(x.layers.size(), y.layers.size());
    for (const auto& [layer, shapes] : x.layers) {
      ASSERT_TRUE(y.layers.contains(layer));
      const auto& others = y.layers.at(layer);
      ASSERT_EQ(shapes.count(), others.count());
      for (std::size_t i = 0; i < shapes.count(); ++i) {
        Polygon m, n;
        for (auto* p = shapes.begin_of(i); p != shapes.end_of(i); ++p)
          m.push_back({1.0 * p->x, 1.0 * p->y});
        for (auto* p = others.begin_of(i); p != others.end_of(i); ++p)
          n.push_back({1.0 * p->x, 1.0 * p->y});
        EXPECT_DOUBLE_EQ(std::abs(signed_area(m)), std::abs(signed_area(n)));
        EXPECT_DOUBLE_EQ(m[0].x + m[0].y == n[0].x + n[0].y, true);
      }
    }
  }
}

class LayoutFiles : public test::Scratch {
 protected:
  // The union over a cell in nm, as a list of disjoint polygons.
  std::vector<Polygon> whole(const std::filesystem::path& path, const std::string& cell,
                             const LayerId& layer) {
    return LayoutView(Layout::open(path), cell, {layer}).query({-1e9, -1e9, 1e9, 1e9});
  }
};

TEST_F(LayoutFiles, GdsAndOasisGiveBackTheLibrary) {
  for (const double dbu_nm : {0.1, 0.25, 0.5, 1.0}) {
    const Library library = test::small_library(dbu_nm);
    for (const char* name : {"a.gds", "a.oas"}) {
      write_library(at(name), library);
      expect_equal(read_library(at(name)), library);
    }
    write_library(at("b.oas"), read_library(at("a.gds")));
    EXPECT_EQ(bytes_of(at("a.oas")), bytes_of(at("b.oas")));
  }
}

TEST_F(LayoutFiles, GzipIsReadAsThePlainFile) {
  write_library(at("a.gds"), test::small_library());
  write_library(at("a.oas"), test::small_library());
  for (const char* name : {"a.gds", "a.oas"}) {
    const std::string bytes = bytes_of(at(name));
    const gzFile file = gzopen(at("z.gz").c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
    expect_equal(read_library(at("z.gz")), test::small_library());
  }
}

TEST_F(LayoutFiles, DamageWithinAnOasisFileIsFoundByItsChecksum) {
  write_library(at("a.oas"), test::small_library());
  std::string bytes = bytes_of(at("a.oas"));
  bytes[bytes.size() - 100] ^= 1;  // padding: only the checksum can tell
  put("a.oas", bytes);
  EXPECT_NE(test::message_of([&] { read_library(at("a.oas")); }).find("checksum"),
            std::string::npos);
}

TEST_F(LayoutFiles, PolygonOfManyPointsIsCutForGdsAndKeepsItsArea) {
  // A comb: 2 x 10,000 corners along its teeth.
  Polygon comb{{0, 0}};
  for (int i = 0; i < 10'000; ++i) {
    comb.push_back({4.0 * i, 100.0});
    comb.push_back({4.0 * i + 2, 100.0});
    comb.push_back({4.0 * i + 2, 10.0});
    comb.push_back({4.0 * i + 4, 10.0});
  }
  comb.push_back({40'000.0, 0.0});
  const Library library = library_of({{{1, 0}, {comb}}}, {});
  write_library(at("a.gds"), library);
  write_library(at("a.oas"), library);
  const Library back = read_library(at("a.gds"));
  EXPECT_GT(back.cells[0].layers.at({1, 0}).count(), 4u);
  const auto gds = whole(at("a.gds"), "TOP", {1, 0}), oasis = whole(at("a.oas"), "TOP", {1, 0});
  ASSERT_EQ(gds.size(), 1u);
  ASSERT_EQ(oasis.size(), 1u);
  EXPECT_EQ(std::abs(signed_area(gds[0])), 10'000.0 * 2 * 90 + 40'000.0 * 10);
  EXPECT_EQ(gds[0].size(), oasis[0].size());
}

TEST_F(LayoutFiles, RoundingNeverMakesAnOutlineCrossItself) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> radius(3.0, 30.0);
  std::vector<Polygon> stars;
  for (int s = 0; s < 50; ++s) {
    Polygon star;
    for (int i = 0; i < 60; ++i) {
      const double t = 2 * 3.14159265358979 * i / 60, r = radius(random);
      star.push_back({100.0 * s + r * std::cos(t), r * std::sin(t)});
    }
    stars.push_back(star);
  }
  const Library library = library_of({{{1, 0}, stars}}, {.dbu_nm = 5.0});
  const auto& shapes = library.cells[0].layers.at({1, 0});
  for (std::size_t i = 0; i < shapes.count(); ++i) {
    Polygon polygon;
    for (auto* p = shapes.begin_of(i); p != shapes.end_of(i); ++p)
      polygon.push_back({1.0 * p->x, 1.0 * p->y});
    EXPECT_TRUE(is_simple(polygon, 1.0));
  }
}

TEST_F(LayoutFiles, CoordinatesBeyond32BitsAndUnknownKindsAreRefused) {
  const Polygon far{{0, 0}, {0, 10}, {3e9, 10}, {3e9, 0}};
  EXPECT_NE(test::message_of([&] {
              library_of({{{1, 0}, {far}}}, {});
            }).find("larger database unit"),
            std::string::npos);
  EXPECT_THROW(library_of({}, {.dbu_nm = 0.0}), Error);
  EXPECT_THROW(write_library(at("a.dxf"), test::small_library()), Error);
  Library wide = test::small_library();
  test::add_rectangle(wide.cells[0], {70'000, 0}, 0, 0, 1, 1);
  EXPECT_NE(test::message_of([&] { write_library(at("a.gds"), wide); }).find("16 bits"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(at("a.gds")));
}

TEST_F(LayoutFiles, GivenLayoutIsTheSameInBothFormats) {
  const std::filesystem::path folder = std::filesystem::path(RETICLE_DATA_DIR) / "layouts";
  const auto gds = folder / "sram_8_128_freepdk45.gds", oasis = folder / "sram_8_128_freepdk45.oas";
  if (!std::filesystem::exists(gds) || !std::filesystem::exists(oasis))
    GTEST_SKIP() << "needs " << gds << " and its .oas, which are not part of the repository";
  const Layout a = Layout::open(gds), b = Layout::open(oasis);
  EXPECT_EQ(a.layers(), b.layers());
  EXPECT_EQ(a.dbu_nm(), b.dbu_nm());
  const Box window{20'000, 20'000, 30'000, 30'000};
  for (const LayerId& layer : a.layers()) {
    if (layer.layer == 239) continue;
    const auto one = LayoutView(a, a.top_cells()[0], {layer}).query(window);
    const auto other = LayoutView(b, a.top_cells()[0], {layer}).query(window);
    ASSERT_EQ(one.size(), other.size()) << to_string(layer);
    for (std::size_t i = 0; i < one.size(); ++i) {
      ASSERT_EQ(one[i].size(), other[i].size());
      for (std::size_t k = 0; k < one[i].size(); ++k) EXPECT_EQ(one[i][k].x, other[i][k].x);
    }
  }
}

}  // namespace
}  // namespace reticle
