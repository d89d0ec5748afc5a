// SPDX-License-Identifier: Apache-2.0
#include "masks/reports/verification_report.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace reticle {
namespace {

TEST(VerificationOverview, KeepsTheWorstAndTheSumsOfAllTiles) {
  std::vector<VerifiedTile> tiles;
  double l2 = 0.0, absolute = 0.0;
  std::int64_t sites = 0;
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 50; ++x) {
      VerifiedTile tile{.core = {100.0 * x - 300, 80.0 * y + 7, 100.0 * x - 200, 80.0 * y + 87}};
      tile.l2_nm2 = x + y, tile.sites = 1 + (x * y) % 7, tile.epe_mean_abs_nm = 0.1 * x, tile.epe_max_nm = x == 33 && y == 21 ? 9.0 : 1.0;
      tile.nils_min = x == 2 ? 1.5 : 2.0, tile.findings = x % 2;
      l2 += tile.l2_nm2, sites += tile.sites, absolute += tile.epe_mean_abs_nm * static_cast<double>(tile.sites);
      tiles.push_back(tile);
    }
  EXPECT_EQ(overview_of(tiles, 1500).size(), 1500u);
  const std::vector<VerifiedTile> squares = overview_of(tiles, 100);
  EXPECT_LE(squares.size(), 120u);
  double l2_there = 0.0, absolute_there = 0.0;
  for (const VerifiedTile& square : squares) {
    l2_there += square.l2_nm2, sites -= square.sites;
    absolute_there += square.epe_mean_abs_nm * static_cast<double>(square.sites);
    const bool holds_worst = square.core.x0 <= 3000 && square.core.x1 >= 3100 && square.core.y0 <= 1687 && square.core.y1 >= 1767;
    EXPECT_EQ(square.epe_max_nm, holds_worst ? 9.0 : 1.0);
  }
  EXPECT_NEAR(l2_there, l2, 1e-6);
  EXPECT_EQ(sites, 0);
  EXPECT_NEAR(absolute_there, absolute, 1e-6);
}

}  // namespace
}  // namespace reticle
