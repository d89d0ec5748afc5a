// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/boolean.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "kernels/base/error.h"
#include "litho/geometry/grid_edges.h"
#include "litho/geometry/rasterize.h"
#include "tests/reference/covered_area.h"

namespace reticle {
namespace {

Polygon rectangle(double x0, double y0, double x1, double y1) {
  return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

double area(const std::vector<Polygon>& polygons) {
  double sum = 0.0;
  for (const Polygon& polygon : polygons) sum += std::abs(signed_area(polygon));
  return sum;
}

// Overlapping rectangles and L shapes on whole nm, either orientation.
std::vector<Polygon> random_shapes(unsigned seed) {
  std::mt19937 generator(seed);
  const auto random = [&](int low, int high) {
    return low + static_cast<double>(generator() % static_cast<unsigned>(high - low));
  };
  std::vector<Polygon> shapes;
  for (int i = 0; i < 30; ++i) {
    const double x = random(0, 80), y = random(0, 80), w = random(4, 40), h = random(4, 40);
    Polygon shape = rectangle(x, y, x + w, y + h);
    if (i % 3 == 0) shape = {{x, y}, {x + w, y}, {x + w, y + 2}, {x + 2, y + 2}, {x + 2, y + h}, {x, y + h}};
    if (i % 2 == 0) std::reverse(shape.begin(), shape.end());
    shapes.push_back(shape);
  }
  return shapes;
}

// Pixels whose centre any of the shapes covers.
double covered_pixels(const std::vector<Polygon>& shapes, const Box& box) {
  const Grid grid{.rows = static_cast<int>(box.height()), .cols = static_cast<int>(box.width()),
                  .pixel_nm = 1.0, .origin_x_nm = box.x0, .origin_y_nm = box.y0};
  Image<std::uint8_t> covered(grid.rows, grid.cols);
  for (const Polygon& shape : shapes) {
    const Image<std::uint8_t> one = rasterize_binary({&shape, 1}, grid);
    for (std::size_t i = 0; i < one.size(); ++i) covered.data()[i] |= one.data()[i];
  }
  return static_cast<double>(std::count(covered.begin(), covered.end(), 1));
}

TEST(Boolean, UnionAndCutCoverWhatTheShapesCover) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const std::vector<Polygon> shapes = random_shapes(seed);
    EXPECT_EQ(area(merge(shapes)), covered_pixels(shapes, {0, 0, 130, 130})) << seed;
    EXPECT_EQ(area(clip(shapes, {20, 30, 70, 90})), covered_pixels(shapes, {20, 30, 70, 90})) << seed;
  }
}

// A skyline over a base line of many corners; where a street is deep it reaches the base line or a place below it, and
// the outline touches or crosses itself.
TEST(Boolean, OutlinesOfManyCornersCoverWhatTheyWindAround) {
  std::mt19937 random(4);
  int meeting = 0;
  for (int i = 0; i < 60; ++i) {
    Polygon shape{{0, 20}};
    for (int x = 0; x < 120; x += 2) {
      const bool deep = i % 3 != 0 && random() % 30u == 0;
      const double top = 31.0 + static_cast<double>(random() % 60u);
      const double street = deep ? 21.0 - i % 3 : 21.0 + static_cast<double>(random() % 10u);
      shape.push_back({x + 0.0, top}), shape.push_back({x + 1.0, top});
      shape.push_back({x + 1.0, street}), shape.push_back({x + 2.0, street});
      meeting += deep;
    }
    shape.push_back({120, 20});
    if (i % 2 == 0) std::reverse(shape.begin(), shape.end());
    const std::vector<Polygon> alone{shape};
    EXPECT_EQ(area(merge(alone)), reference::covered_area(alone)) << i;
    const std::vector<Polygon> beside{shape, rectangle(30, 10, 50, 60)};
    EXPECT_EQ(area(merge(beside)), reference::covered_area(beside)) << i;
  }
  EXPECT_GT(meeting, 5);
}

TEST(Boolean, AFrameAroundAllShapesCutsNothing) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const std::vector<Polygon> shapes = random_shapes(seed), merged = merge(shapes);
    EXPECT_EQ(clip(shapes, {-10, -10, 140, 140}), merged) << seed;
    std::vector<Polygon> with_one_beyond = shapes;
    with_one_beyond.push_back(rectangle(150, 150, 160, 160));
    EXPECT_EQ(clip(with_one_beyond, {-10, -10, 140, 140}), merged) << seed;  // as the sweep cuts
  }
}

TEST(Boolean, SlantedShapesTakeTheOtherPathToTheSameUnion) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::vector<Polygon> shapes = random_shapes(seed);
    const double manhattan = area(merge(shapes));
    shapes.push_back({{500, 500}, {520, 500}, {500, 520}});  // far away, 200 nm2
    EXPECT_EQ(area(merge(shapes)), manhattan + 200.0) << seed;
  }
}

TEST(Boolean, EqualUnionsGiveEqualPolygons) {
  const std::vector<Polygon> whole = {rectangle(0, 0, 30, 20), rectangle(30, 0, 50, 60)};
  const std::vector<Polygon> pieces = {rectangle(0, 0, 10, 20), rectangle(8, 0, 50, 20),
                                       rectangle(30, 10, 50, 60), rectangle(40, 0, 45, 60)};
  EXPECT_EQ(merge(whole), merge(pieces));
  EXPECT_EQ(merge(whole).size(), 1u);
  EXPECT_EQ(merge(whole)[0].size(), 6u);
}

TEST(Boolean, HoleIsJoinedByACutAndSurvivesAnotherPass) {
  const std::vector<Polygon> frame = {rectangle(0, 0, 30, 10), rectangle(0, 20, 30, 30),
                                      rectangle(0, 0, 10, 30), rectangle(20, 0, 30, 30)};
  const std::vector<Polygon> once = merge(frame);
  EXPECT_EQ(area(once), 800.0);
  EXPECT_EQ(area(merge(once)), 800.0);
  EXPECT_EQ(area(clip(once, {0, 0, 15, 30})), 400.0);
  for (const Polygon& polygon : once) EXPECT_TRUE(is_simple(polygon));
}

TEST(Boolean, CrossingOutlinesAreNotSimple) {
  EXPECT_FALSE(is_simple({{0, 0}, {10, 10}, {10, 0}, {0, 10}}));
  EXPECT_FALSE(is_simple({{0, 0}, {20, 0}, {20, 10}, {5, 10}, {5, -10}, {10, -10}, {10, 20}, {0, 20}}));
  EXPECT_TRUE(is_simple(rectangle(0, 0, 10, 10)));
}

// Every part that an outline winds around is covered, however it crosses itself.
TEST(Boolean, CrossingOutlinesCoverAllTheirLobes) {
  const Polygon bow = {{0, 0}, {1000, 1000}, {1000, 0}, {0, 1000}};
  const Polygon eight = {{0, 0}, {100, 0}, {100, 200}, {200, 200}, {200, 100}, {0, 100}};
  for (const double dbu_nm : {1.0, 0.1, 1e-3}) {
    EXPECT_DOUBLE_EQ(area(merge({&bow, 1}, dbu_nm)), 500000.0);
    EXPECT_DOUBLE_EQ(area(merge({&eight, 1}, dbu_nm)), 20000.0);
    // A lobe over a sound rectangle takes nothing away from it, in either order.
    const Polygon plate = rectangle(-50, -50, 250, 250);
    EXPECT_DOUBLE_EQ(area(merge(std::vector{eight, plate}, dbu_nm)), 90000.0);
    EXPECT_DOUBLE_EQ(area(merge(std::vector{plate, eight}, dbu_nm)), 90000.0);
    EXPECT_DOUBLE_EQ(area(clip(std::vector{plate, bow}, {100, 100, 200, 200}, dbu_nm)), 10000.0);
  }
}

// Two layers of slanted bars, each bar half over the next: four million crossings inside what they cover.
TEST(Boolean, BarsOverOneAnotherThousandsOfTimesAreUnited) {
  std::vector<Polygon> bars;
  const int count = 1000;
  for (int i = 0; i < count; ++i) {
    const double at = i;
    bars.push_back({{0, at}, {9000, at + 301}, {9000, at + 303}, {0, at + 2}});
    bars.push_back({{at, -500}, {at + 2, -500}, {at - 399, 3000}, {at - 401, 3000}});
  }
  const double last = count + 1;
  const std::vector<Polygon> outlines = {{{0, 0}, {9000, 301}, {9000, last + 301}, {0, last}},
                                         {{0, -500}, {last, -500}, {last - 401, 3000}, {-401, 3000}}};
  EXPECT_NEAR(area(merge(bars, 0.125)), area(merge(outlines, 0.125)), 0.125 * 30000);
}

// Bars with gaps between them have as many holes as crossings.
TEST(Boolean, CrossingsBeyondTheirBudgetAreNotHeld) {
  std::vector<planar::Edge> edges;
  for (int i = 0; i < 100; ++i) {
    edges.push_back({{0, 100 * i}, {90000, 100 * i + 7}, 1});
    edges.push_back({{100 * i, -90000}, {100 * i + 3, 90000}, 1});
  }
  std::size_t few = 1000, enough = 100'000;
  EXPECT_FALSE(planar::noded_within(edges, few).has_value());
  EXPECT_EQ(planar::noded_within(edges, enough)->size(), 2 * 100 * 101u);
  few = 1000;
  EXPECT_THROW(planar::noded(edges, few), Error);
}

TEST(Boolean, SpikesAndRepeatedPointsEncloseNothing) {
  const Polygon spiked = {{0, 0}, {10, 0}, {10, 0}, {10, 5}, {30, 5}, {10, 5}, {10, 10}, {0, 10}, {-7, 10}, {0, 10}};
  EXPECT_EQ(merge({&spiked, 1}), merge(std::vector<Polygon>{rectangle(0, 0, 10, 10)}));
  EXPECT_TRUE(merge(std::vector<Polygon>{{{0, 0}, {10, 0}, {5, 0}}, {{1, 1}, {1, 1}, {1, 1}}}).empty());
}

// 32 bits of database units and sixteen steps of each.
TEST(Boolean, TakesTheWholeRangeOfFiles) {
  const double far = 2147483647.0;
  const std::vector<Polygon> plates = {rectangle(-far, -far, far, 0), rectangle(-1, -1, far, far)};
  EXPECT_NEAR(area(merge(plates, 1.0 / 16)), 2 * far * far + (far + 1) * far, 1e3);
  const std::vector<Polygon> wedge = {{{-far, -far}, {far, -far}, {far, far}}};
  EXPECT_NEAR(area(clip(wedge, {far - 100, 0, far, 50}, 1.0 / 16)), 100 * 50, 1e-3);
}

}  // namespace
}  // namespace reticle
