// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/tiling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

#include "kernels/base/error.h"
#include "litho/chip/interaction_range.h"
#include "litho/chip/seams.h"
#include "tests/litho/chip/chip_model.h"

namespace reticle {
namespace {

using test::annular_model;
using test::quick_tile_settings;
using test::rectangle;
using test::source_of;

TEST(InteractionRange, OfAGaussianIsTheRadiusOfItsTail) {
  // h(r) = exp(-r^2 / 4 s^2), |h|^2 = exp(-r^2 / 2 s^2): the energy beyond r is exp(-r^2 / 2 s^2).
  const double s = 60.0;
  OpticalModel model;
  model.period_x_nm = model.period_y_nm = 1200.0;
  SocsKernels set{.name = "focus", .half_x = 12, .half_y = 12, .weights = {1.0}};
  for (int n = -12; n <= 12; ++n)
    for (int m = -12; m <= 12; ++m) {
      const double f2 = (m * m + n * n) / (1200.0 * 1200.0);
      set.coefficients.emplace_back(std::exp(-4 * 9.8696044 * s * s * f2));
    }
  model.conditions.push_back(set);
  // Samples lie 24 nm apart.
  EXPECT_NEAR(interaction_range(model, 0.01), s * std::sqrt(2 * std::log(100.0)), 24.0);
  EXPECT_GT(interaction_range(model, 0.001), interaction_range(model, 0.01));
}

// By the samples of the whole period, summed from its farthest point inwards.
TEST(InteractionRange, IsThatOfAllPointsWhateverThePeriod) {
  OpticalModel model = annular_model();
  for (const double y_nm : {1024.0, 700.0}) {
    model.period_y_nm = y_nm;
    const int half = model.conditions[0].half_x, n = 4 * half + 2;
    for (const double fraction : {0.2, 0.01, 1e-3, 1e-6}) {
      double range = 0.0;
      for (const SocsKernels& set : model.conditions) {
        std::vector<std::pair<double, double>> samples;  // radius, energy
        double total = 0.0;
        for (int y = 0; y < n; ++y)
          for (int x = 0; x < n; ++x) {
            double energy = 0.0;
            for (int k = 0; k < set.count(); ++k) {
              std::complex<double> field = 0.0;
              for (int q = -half; q <= half; ++q)
                for (int p = -half; p <= half; ++p)
                  field += set.kernel(k)[(q + half) * set.cols() + p + half] * std::polar(1.0, 2.0 * std::numbers::pi * (p * x + q * y) / n);
              energy += set.weights[static_cast<std::size_t>(k)] * std::norm(field);
            }
            samples.emplace_back(std::hypot(std::min(x, n - x) * model.period_x_nm / n, std::min(y, n - y) * model.period_y_nm / n), energy);
            total += energy;
          }
        std::sort(samples.rbegin(), samples.rend());
        double beyond = 0.0;
        for (const auto& [radius, energy] : samples)
          if ((beyond += energy) > fraction * total) {
            range = std::max(range, radius);
            break;
          }
      }
      EXPECT_NEAR(interaction_range(model, fraction), std::min(range, 0.5 * std::min(model.period_x_nm, model.period_y_nm)), 1e-9)
          << fraction << " of a period of " << y_nm;
    }
  }
}

TEST(TilePlan, HaloIsTheInteractionRangeAndSaysSo) {
  const OpticalModel model = annular_model();
  const TilePlan plan = plan_tiles(model, quick_tile_settings(model));
  EXPECT_GE(plan.halo_nm, interaction_range(model, k_energy_beyond_halo));
  EXPECT_LT(plan.halo_nm, interaction_range(model, k_energy_beyond_halo) + 8.0);
  EXPECT_DOUBLE_EQ(plan.core_x_nm + 2 * plan.halo_nm, 1024.0);
  EXPECT_NE(plan.reason.find("99 %"), std::string::npos) << plan.reason;
}

TEST(TilePlan, RefusesATileSmallerThanTwiceTheHalo) {
  const OpticalModel model = annular_model();
  try {
    plan_tiles(model, quick_tile_settings(model), 512.0);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    EXPECT_NE(std::string(error.what()).find("twice the halo of 512 nm"), std::string::npos)
        << error.what();
  }
}

TEST(TilePlan, TilesLieAtMultiplesOfTheCoreWhateverTheWindow) {
  const OpticalModel model = annular_model();
  const TilePlan plan = plan_tiles(model, quick_tile_settings(model), 256.0);
  EXPECT_EQ(plan.tiles_in({-1, 0, 512, 513}),
            (std::vector<TileIndex>{{0, -1}, {0, 0}, {1, -1}, {1, 0}}));
  EXPECT_EQ(plan.field({1, -1}), (Box{-768, 256, 256, 1280}));
  EXPECT_DOUBLE_EQ(plan.core_share(), 0.25);
}

TEST(TilePlan, TilesAlongALengthAreAsFewAsCoverItAndLieInItsMiddle) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> place(-9000.0, 9000.0), length(1.0, 20000.0);
  for (int i = 0; i < 200; ++i) {
    const double step = i % 3 == 0 ? 1.0 : 16.0, core = step * (40 + static_cast<int>(random() % 200));
    const double from = place(random), to = from + length(random);
    const CoveringTiles tiles = tiles_along(from, to, core, step);
    const double end = tiles.from_nm + tiles.count * core;
    ASSERT_LE(tiles.from_nm, from);
    ASSERT_GE(end, to);
    ASSERT_EQ(std::remainder(tiles.from_nm, step), 0.0);
    // One fewer do not cover it from any whole step.
    ASSERT_GT(std::ceil(to / step) * step - std::floor(from / step) * step, (tiles.count - 1) * core);
    ASSERT_LE(std::abs((from - tiles.from_nm) - (end - to)), 2 * step);  // to a step at either end
  }
}

TEST(TileDesign, IsTheSameWhereverTilesBegin) {
  const OpticalModel model = annular_model();
  TilePlan plan = plan_tiles(model, quick_tile_settings(model), 256.0);
  const Design here = tile_design(source_of({rectangle(-100, 20, 300, 90), rectangle(100, 200, 180, 700)}), plan, {1, 0});
  plan.origin = {-208.0, 48.0};
  const Design there = tile_design(source_of({rectangle(-308, 68, 92, 138), rectangle(-108, 248, -28, 748)}), plan, {1, 0});
  EXPECT_FALSE(here.polygons.empty());
  EXPECT_EQ(content_hash(here), content_hash(there));
  EXPECT_EQ(here.window, there.window);
  EXPECT_EQ(plan.tiles_in(plan.core({1, 2})), (std::vector<TileIndex>{{1, 2}}));
  EXPECT_EQ(plan.local().core({0, 0}), (Box{0, 0, 512, 512}));
}

TEST(TileDesign, HashSeesNeitherThePlaceNorHowShapesAreCutUp) {
  const OpticalModel model = annular_model();
  const TilePlan plan = plan_tiles(model, quick_tile_settings(model), 256.0);
  const auto whole = source_of({rectangle(-100, 20, 300, 90), rectangle(100, 200, 180, 3000)});
  const auto pieces = source_of({rectangle(1200, 532, 1324, 602),
                                 rectangle(924, 532, 1210, 602),
                                 rectangle(1124, 712, 1204, 3512), rectangle(1124, 800, 1204, 900)});
  const Design here = tile_design(whole, plan, {0, 0});
  // The second layout is the first, moved by (1024, 512) nm, longer outside the field.
  const Design there = tile_design(pieces, plan, {1, 2});
  EXPECT_EQ(content_hash(here), content_hash(there));
  EXPECT_EQ(here.window, (Box{0, 0, 512, 512}));
  EXPECT_NE(content_hash(here), content_hash(tile_design(whole, plan, {0, 1})));
}

TEST(Seams, WeightsOfAllTilesAddUpToOne) {
  const OpticalModel model = annular_model();
  const TilePlan plan = plan_tiles(model, quick_tile_settings(model), 256.0);
  const Grid grid = patch_grid(plan, 64.0, 8.0);
  const auto ones = [&](TileIndex) { return Image<float>(grid.rows, grid.cols, 1.0f); };
  for (const float value : blended_field(plan, 64.0, 8.0, 0.0f, {0, 0}, ones))
    EXPECT_NEAR(value, 1.0f, 1e-6f);  // a few roundings of float
}

TEST(Seams, NeighboursSeeTheSameBlendBitForBit) {
  const OpticalModel model = annular_model();
  const TilePlan plan = plan_tiles(model, quick_tile_settings(model), 256.0);
  const Grid grid = patch_grid(plan, 64.0, 8.0);
  const auto noise = [&](TileIndex tile) {
    std::mt19937 generator(static_cast<unsigned>(1000 + 100 * tile.y + tile.x));
    Image<float> patch(grid.rows, grid.cols);
    for (float& p : patch) p = static_cast<float>(generator() % 1000) / 500.0f - 1.0f;
    return patch;
  };
  const Image<float> left = blended_field(plan, 64.0, 8.0, -0.5f, {0, 0}, noise);
  const Image<float> right = blended_field(plan, 64.0, 8.0, -0.5f, {0, 1}, noise);
  const int core = 512 / 8;
  for (int y = 0; y < left.rows(); ++y)
    for (int x = core; x < left.cols(); ++x) ASSERT_EQ(left(y, x), right(y, x - core));
}

}  // namespace
}  // namespace reticle
