// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/tile_period.h"

#include <gtest/gtest.h>

#include <cmath>

namespace reticle {
namespace {

OpticalModel contest_like() {
  OpticalModel model;
  model.period_x_nm = model.period_y_nm = 2048.0;
  model.conditions.push_back({.name = "focus", .half_x = 17, .half_y = 17, .weights = {1.0}});
  return model;
}

double tiles(double extent_nm, double period_nm, double halo_nm) {
  return std::ceil(extent_nm / (period_nm - 2 * halo_nm) - 1e-9);
}

TEST(TilePeriod, LargeLayoutsTakeLargerTilesAndLessWork) {
  const TilePeriod found = cheapest_period(contest_like(), 16.0, 496.0, {0, 0, 1e6, 1e6});
  EXPECT_GT(found.x_nm, 3000.0);
  EXPECT_LE(found.x_nm, 4 * 2048.0);
  EXPECT_GT(found.work_saved, 1.6);
}

TEST(TilePeriod, TilesFitALayoutOfAFewTiles) {
  const TilePeriod found = cheapest_period(contest_like(), 16.0, 496.0, {-500, -500, 8700, 8700});
  EXPECT_EQ(std::fmod(found.x_nm, 16.0), 0.0);
  // One step less and another tile would be needed: nothing is wasted beyond the layout.
  EXPECT_GT(tiles(9200, found.x_nm - 16.0, 496.0), tiles(9200, found.x_nm, 496.0));
  EXPECT_GT(found.work_saved, 1.7);
}

TEST(TilePeriod, ALayoutOfOneTileKeepsItsModelOrASmallerOne) {
  const TilePeriod found = cheapest_period(contest_like(), 16.0, 200.0, {0, 0, 900, 2500});
  EXPECT_LE(found.x_nm, 2048.0);
  EXPECT_GE(found.x_nm, 900.0 + 2 * 200.0);
}

}  // namespace
}  // namespace reticle
