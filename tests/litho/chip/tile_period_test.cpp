// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/tile_period.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace reticle {
namespace {

OpticalModel contest_like() {
  OpticalModel model;
  model.period_x_nm = model.period_y_nm = 2048.0;
  model.conditions.push_back({.name = "focus", .half_x = 17, .half_y = 17, .weights = {1.0}});
  return model;
}

// Counted one by one: those whose field holds something drawn, from the best of all places to begin, in steps of 16 nm.
int tiles(double from_nm, double to_nm, double period_nm, double halo_nm) {
  const double core = period_nm - 2 * halo_nm;
  int fewest = 1 << 30;
  for (double origin = 0.0; origin < core; origin += 16.0) {
    int count = 0;
    for (int i = -40; i < 40; ++i)
      if (origin + (i + 1) * core + halo_nm > from_nm + 1e-6 && origin + i * core - halo_nm < to_nm - 1e-6) ++count;
    fewest = std::min(fewest, count);
  }
  return fewest;
}

TEST(TilePeriod, LargeLayoutsTakeLargerTilesAndLessWork) {
  const TilePeriod found = cheapest_period(contest_like(), 16.0, 496.0, {0, 0, 1e6, 1e6}, 1e9);
  EXPECT_GT(found.x_nm, 3000.0);
  EXPECT_LE(found.x_nm, 4 * 2048.0);
  EXPECT_GT(found.work_saved, 1.6);
}

TEST(TilePeriod, IsBoundedButNotBelowTheModelsOwn) {
  EXPECT_LE(cheapest_period(contest_like(), 16.0, 496.0, {0, 0, 1e6, 1e6}, 4000.0).x_nm, 4000.0);
  EXPECT_LE(cheapest_period(contest_like(), 16.0, 496.0, {0, 0, 1e6, 1e6}, 100.0).x_nm, 2048.0);
}

TEST(TilePeriod, TilesFitALayoutOfAFewTiles) {
  const TilePeriod found = cheapest_period(contest_like(), 16.0, 496.0, {-500, -500, 8700, 8700}, 1e9);
  EXPECT_EQ(std::fmod(found.x_nm, 16.0), 0.0);
  // One step less and another tile would be needed: nothing is wasted beyond the layout.
  EXPECT_GT(tiles(-500, 8700, found.x_nm - 16.0, 496.0), tiles(-500, 8700, found.x_nm, 496.0));
  EXPECT_GT(found.work_saved, 1.2);
}

TEST(TilePeriod, NoOtherPeriodHasLessWork) {
  // The work by its definition, over random layouts.
  std::mt19937 random(7);
  std::uniform_real_distribution<double> place(-5000.0, 20000.0);
  const OpticalModel model = contest_like();
  for (int i = 0; i < 20; ++i) {
    const double a = place(random), b = place(random), from = std::min(a, b), to = std::max(a, b) + 100.0;
    const TilePeriod found = cheapest_period(model, 16.0, 400.0, {from, 0.0, to, 1000.0}, 1e9);
    const auto work = [&](double period) {
      return tiles(from, to, period, 400.0) * period * std::sqrt(1.0 + 17.5 / 2048.0 * period / 60.0);
    };
    for (double period = 2048.0; period < 4 * 2048.0; period += 80.0)
      ASSERT_GE(work(period), (1.0 - 1e-6) * work(found.x_nm)) << from << ".." << to << " at " << period;
  }
}

TEST(TilePeriod, AModelWithoutACoreOfItsOwnGetsOne) {
  const TilePeriod found = cheapest_period(contest_like(), 16.0, 1040.0, {0, 0, 900, 2500}, 1e9);
  EXPECT_GT(found.x_nm, 2 * 1040.0);
  EXPECT_TRUE(std::isinf(found.work_saved));
}

}  // namespace
}  // namespace reticle
