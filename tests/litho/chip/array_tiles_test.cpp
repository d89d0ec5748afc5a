// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/array_tiles.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "litho/chip/edge_tiles.h"
#include "litho/chip/ilt_tiles.h"
#include "litho/chip/pipeline.h"
#include "litho/imaging/model_period.h"
#include "tests/litho/chip/chip_model.h"

namespace reticle {
namespace {

const Box k_chip{0.0, 0.0, 2e5, 3e5};

// Levels in nm, so that the mask's pixel may follow from the tiles.
IltSettings open_recipe() {
  IltSettings recipe{.mask_pixel_at_most_nm = 2.5};
  recipe.levels = {{.pixel_nm = 19.0, .iterations = 2}, {.pixel_nm = 9.5, .iterations = 2}};
  return recipe;
}

bool divides(double part, double whole) { return std::abs(whole / part - std::round(whole / part)) < 1e-6; }

TEST(ArrayTiles, CoresAreWholeStepsOfTheArrayOnWholePixelsOfEveryLevel) {
  const OpticalModel model = test::annular_model();
  for (const auto& [x, y] : {std::pair(705.0, 538.0), std::pair(190.0, 1400.0), std::pair(400.5, 400.5), std::pair(54.0, 270.0)}) {
    const auto tiles = tiles_for_arrays(model, open_recipe(), 230.0, k_chip, {{{x, 0.9}}, {{y, 0.8}}});
    ASSERT_TRUE(tiles) << x << " x " << y;
    EXPECT_TRUE(divides(x, tiles->core_x_nm) && divides(y, tiles->core_y_nm)) << tiles->reason;
    // Of the 0.8 that repeat along both, and the 0.1 along x alone, what is not in the first tiles of a row or column.
    const auto anew = [&](double core, double length) { return (2 * core + 2 * tiles->halo_nm) / length; };
    const double anew_x = anew(tiles->core_x_nm, k_chip.width()), anew_y = anew(tiles->core_y_nm, k_chip.height());
    EXPECT_NEAR(tiles->share, 0.8 * (1.0 - anew_x * anew_y) + 0.1 * (1.0 - anew_x), 1e-9);
    EXPECT_GE(tiles->halo_nm, 230.0);
    EXPECT_LE(tiles->mask_pixel_nm, 2.5);
    // What runs with these sizes: the recipe accepts them, and the tile plan finds the same core.
    const OpticalModel moved = model_at_period(model, tiles->period.x_nm, tiles->period.y_nm);
    IltSettings recipe = open_recipe();
    recipe.mask_pixel_nm = tiles->mask_pixel_nm;
    const IltSettings settings = resolved(recipe, moved);
    const TilePlan plan = plan_tiles(moved, settings, tiles->halo_nm);
    EXPECT_NEAR(plan.core_x_nm, tiles->core_x_nm, 1e-9);
    EXPECT_NEAR(plan.core_y_nm, tiles->core_y_nm, 1e-9);
    for (const IltLevel& level : settings.levels) EXPECT_TRUE(divides(level.pixel_nm, plan.core_x_nm));
    const EdgeTiles edges(moved, settings, resolved(EdgeSettings{}, settings, moved), {.halo_nm = tiles->halo_nm}, "test");
    EXPECT_NEAR(edges.plan().core_x_nm, tiles->core_x_nm, 1e-9);
    EXPECT_NEAR(edges.plan().core_y_nm, tiles->core_y_nm, 1e-9);
  }
}

// Whatever pixel, in binary no number, divides the cores: 13 / 6 nm, 7 / 3 nm.
TEST(ArrayTiles, CanBePlannedWhateverTheirPixel) {
  const OpticalModel model = test::annular_model();
  int planned = 0;
  for (const double finest : {9.5, 4.6, 2.4})
    for (double most = 2.5; most > 2.0; most -= 0.06)
      for (double step = 120.0; step < 420.0; step += 10.0) {
        IltSettings recipe = open_recipe();
        recipe.mask_pixel_at_most_nm = most;
        recipe.levels.push_back({.pixel_nm = finest, .iterations = 2});
        const auto tiles = tiles_for_arrays(model, recipe, 230.0, k_chip, {{{step, 0.9}}, {{step, 0.9}}});
        if (!tiles) continue;
        recipe.mask_pixel_nm = tiles->mask_pixel_nm;
        OpticalModel moved = model;
        moved.period_x_nm = tiles->period.x_nm, moved.period_y_nm = tiles->period.y_nm;  // sizes only
        const TilePlan plan = plan_tiles(moved, resolved(recipe, moved), tiles->halo_nm);
        EXPECT_NEAR(plan.core_x_nm, tiles->core_x_nm, 1e-9) << step << " " << finest << " " << most;
        ++planned;
      }
  EXPECT_GE(planned, 400);
}

TEST(ArrayTiles, AreNotTakenWhereLittleRepeats) {
  const OpticalModel model = test::annular_model();
  EXPECT_FALSE(tiles_for_arrays(model, open_recipe(), 230.0, k_chip, {}));
  EXPECT_FALSE(tiles_for_arrays(model, open_recipe(), 230.0, k_chip, {{{705.0, 0.9}}, {}}));
  EXPECT_FALSE(tiles_for_arrays(model, open_recipe(), 230.0, k_chip, {{{705.0, 0.02}}, {{538.0, 0.02}}}));
  // A mask pixel that is given and does not divide the step leaves no core within the largest tile.
  IltSettings fixed = open_recipe();
  fixed.mask_pixel_nm = 2.0;
  EXPECT_FALSE(tiles_for_arrays(model, fixed, 230.0, k_chip, {{{703.5, 0.9}}, {{703.5, 0.9}}}));
}

TEST(ArrayTiles, FollowTheStepThatMostOfTheLayoutHas) {
  const auto tiles = tiles_for_arrays(test::annular_model(), open_recipe(), 230.0, k_chip,
                                      {{{705.0, 0.9}, {330.0, 0.1}}, {{2690.0, 0.9}, {190.0, 0.1}}});
  ASSERT_TRUE(tiles);
  EXPECT_TRUE(divides(705.0, tiles->core_x_nm));
  EXPECT_EQ(tiles->core_y_nm, 2690.0);
}

// Cells fill an array only so far; what cores reach beyond it, and the first of each row and column, is corrected anew.
TEST(ArrayTiles, AreNoLargerThanTheArraysLengthPaysFor) {
  const OpticalModel model = test::annular_model();
  const Box extent{0, 0, 60e3, 60e3};
  const auto core_of = [&](double length_nm) {
    const std::vector<ArrayStep> steps{{.step_nm = 608.0, .share = 0.9, .runs = {{.length_nm = length_nm, .share = 0.9}}}};
    const auto tiles = tiles_for_arrays(model, open_recipe(), 230.0, extent, {steps, steps});
    return tiles ? tiles->core_x_nm : 0.0;
  };
  EXPECT_GE(core_of(1e6), core_of(20e3));
  EXPECT_GT(core_of(20e3), core_of(5e3));
  EXPECT_EQ(core_of(1216.0), 0.0) << "no array for tiles of any size";
}

IltTiles method_for(const ArrayTiles& tiles, const OpticalModel& own) {
  const OpticalModel model = model_at_period(own, tiles.period.x_nm, tiles.period.y_nm);
  IltSettings recipe = open_recipe();
  recipe.mask_pixel_nm = tiles.mask_pixel_nm;
  return {model, resolved(recipe, model), {.halo_nm = tiles.halo_nm, .blend_nm = 60.0, .free_margin_nm = 120.0}, "test"};
}

// Estimates of work are not good enough to tell a percent: of what is as good as equal the smallest core, whose tiles share more.
TEST(ArrayTiles, OfCoresOfEqualWorkTheSmallestIsTaken) {
  const OpticalModel model = test::annular_model();
  IltSettings recipe{.mask_pixel_nm = 2.5};
  recipe.levels = {{.coarseness = 1, .iterations = 2}};
  const double x = 5640.0, y = 10760.0, range = 230.0, share = 0.9;
  const PeriodBounds bounds = period_bounds(model, range);
  int smaller_than_cheapest = 0;
  for (const double length : {3e4, 1e5, 2e5, 4e5, 1e6}) {
    const Box chip{0.0, 0.0, length, length};
    struct Candidate {
      double area, work;
    };
    std::vector<Candidate> all;
    for (int across = 1; across <= 20; ++across)
      for (int up = 1; up <= 20; ++up) {
        const double core_x = x / across, core_y = y / up, period_x = core_x + 2 * range, period_y = core_y + 2 * range;
        const auto whole = [](double nm) { return divides(1.0, nm) && divides(2.5, nm); };
        const auto bounded = [](double period, double least, double most) { return period >= least && period <= most; };
        if (!whole(core_x) || !whole(core_y) || !bounded(period_x, bounds.least_x_nm, bounds.most_x_nm) ||
            !bounded(period_y, bounds.least_y_nm, bounds.most_y_nm))
          continue;
        const double anew = (period_x + x) / length * (period_y + y) / length;
        all.push_back({core_x * core_y, tile_work(model, period_x, period_y, range, chip) * (1.0 - share * (1.0 - std::min(1.0, anew)))});
      }
    const auto tiles = tiles_for_arrays(model, recipe, range, chip, {{{x, share}}, {{y, share}}});
    ASSERT_TRUE(tiles) << length;
    const auto by_work = [](const Candidate& a, const Candidate& b) { return a.work < b.work; };
    const Candidate cheapest = *std::min_element(all.begin(), all.end(), by_work);
    double smallest = cheapest.area;
    for (const Candidate& one : all)
      if (one.work <= cheapest.work / 0.98) smallest = std::min(smallest, one.area);
    EXPECT_NEAR(tiles->core_x_nm * tiles->core_y_nm, smallest, 1e-3) << length << " " << tiles->reason;
    smaller_than_cheapest += smallest < cheapest.area;
  }
  EXPECT_GT(smaller_than_cheapest, 0);
}

// Blocks of bars that differ from one another, as often as asked, far apart.
std::vector<Polygon> blocks(double step_x, double step_y, int columns, int rows) {
  std::vector<Polygon> bars;
  for (int j = 0; j < rows; ++j)
    for (int i = 0; i < columns; ++i) {
      int k = 0;
      for (double y = 40; y + 200 < step_y; y += 310)
        for (double x = 30; x + 130 < step_x; x += 220, ++k)
          bars.push_back(test::rectangle(step_x * i + x, step_y * j + y, step_x * i + x + 80 + 7 * (k % 6), step_y * j + y + 150 + 9 * (k % 5)));
    }
  return bars;
}

std::size_t distinct_tiles(const IltTiles& method, const std::vector<Polygon>& drawn, const std::vector<TileIndex>& tiles) {
  const TilePipeline pipeline(method, {test::source_of(drawn)});
  std::set<std::string> distinct;
  for (const TileIndex& tile : tiles) distinct.insert(pipeline.scan({&tile, 1}, 1).begin()->second);
  return distinct.size();
}

// The share is what a count of equal tiles finds: of cores of whole steps, of parts of a step, and where one direction repeats.
TEST(ArrayTiles, TheShareIsThatOfTilesThatAreNotTheFirstOfTheirKind) {
  const OpticalModel own = test::annular_model();
  const struct { double x, y; int columns, rows; } cases[] = {{304, 304, 45, 30}, {2640, 1860, 9, 9}, {2640, 1860, 16, 1}};
  for (const auto& c : cases) {
    const Box extent{0, 0, c.x * c.columns, c.y * c.rows};
    const auto step = [](double nm, int members) {
      return std::vector<ArrayStep>{{.step_nm = nm, .share = members > 1 ? 1.0 : 0.1, .runs = {{nm * members, members > 1 ? 1.0 : 0.1}}}};
    };
    const auto tiles = tiles_for_arrays(own, open_recipe(), 230.0, extent, {step(c.x, c.columns), step(c.y, c.rows)});
    ASSERT_TRUE(tiles) << c.x;
    const IltTiles method = method_for(*tiles, own);
    const std::vector<TileIndex> all = method.plan().tiles_in(extent);
    const auto distinct = static_cast<double>(distinct_tiles(method, blocks(c.x, c.y, c.columns, c.rows), all));
    EXPECT_NEAR(tiles->share, 1.0 - distinct / static_cast<double>(all.size()), 0.1) << tiles->reason;
  }
}

// A core may be a part of a step: its tiles are then of as many kinds as it has parts.
TEST(ArrayTiles, AStepLargerThanAnyTileIsCorrectedInParts) {
  const OpticalModel own = test::annular_model();
  const double x = 10400.0, y = 1240.0;
  const int columns = 12, rows = 12;
  const Box extent{0, 0, x * columns, y * rows};
  const auto step = [](double nm, int members) {
    return std::vector<ArrayStep>{{.step_nm = nm, .share = 1.0, .runs = {{nm * members, 1.0}}}};
  };
  const auto tiles = tiles_for_arrays(own, open_recipe(), 230.0, extent, {step(x, columns), step(y, rows)});
  ASSERT_TRUE(tiles);
  EXPECT_LT(tiles->core_x_nm, x);
  EXPECT_TRUE(divides(tiles->core_x_nm, x)) << tiles->reason;
  const IltTiles method = method_for(*tiles, own);
  std::vector<TileIndex> inside;
  for (const TileIndex& tile : method.plan().tiles_in(extent)) {
    const Box field = method.plan().field(tile);
    if (field.x0 >= extent.x0 && field.y0 >= extent.y0 && field.x1 <= extent.x1 && field.y1 <= extent.y1) inside.push_back(tile);
  }
  const double kinds = std::max(1.0, std::round(x / tiles->core_x_nm)) * std::max(1.0, std::round(y / tiles->core_y_nm));
  EXPECT_EQ(static_cast<double>(distinct_tiles(method, blocks(x, y, columns, rows), inside)), kinds) << tiles->reason;
}

// An array whose step divides no power of two: many tiles, one result inside.
TEST(ArrayTiles, AnArrayIsCorrectedOnceInsideWhateverItsPitch) {
  const double x = 175.0, y = 390.0;
  std::vector<Polygon> bars;
  for (int j = 0; j < 40; ++j)
    for (int i = 0; i < 80; ++i)
      bars.push_back(test::rectangle(13 + x * i, 7 + y * j, 13 + x * i + 90, 7 + y * j + 250));
  const OpticalModel own = test::annular_model();
  const Box extent{13, 7, 13 + 80 * x, 7 + 40 * y};
  const auto tiles = tiles_for_arrays(own, open_recipe(), 230.0, extent, {{{x, 0.9}}, {{y, 0.9}}});
  ASSERT_TRUE(tiles);
  const IltTiles method = method_for(*tiles, own);
  const TilePipeline pipeline(method, {test::source_of(bars)});
  std::set<std::string> inside;
  const double margin = tiles->halo_nm;
  for (const TileIndex& tile : method.plan().tiles_in({extent.x0 + margin, extent.y0 + margin, extent.x1 - margin, extent.y1 - margin})) {
    const Box field = method.plan().field(tile);
    if (field.x0 < extent.x0 || field.y0 < extent.y0 || field.x1 > extent.x1 || field.y1 > extent.y1) continue;
    inside.insert(pipeline.scan({&tile, 1}, 1).begin()->second);
  }
  EXPECT_EQ(inside.size(), 1u);
}

}  // namespace
}  // namespace reticle
