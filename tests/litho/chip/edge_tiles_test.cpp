// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/edge_tiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "litho/chip/edge_moves.h"
#include "litho/chip/memory_store.h"
#include "litho/chip/pipeline.h"
#include "litho/geometry/polygon_area.h"
#include "kernels/base/error.h"
#include "tests/litho/chip/chip_model.h"

namespace reticle {
namespace {

using test::annular_model;

struct Corrected {
  TilePlan plan;
  std::map<TileIndex, Bytes> masks, measures;
};

Corrected correct_edges(int descent, const std::vector<Polygon>& polygons, const Box& window, bool backwards = false) {
  const OpticalModel model = annular_model();
  const IltSettings settings = resolved(IltSettings{.mask_pixel_nm = 2.0}, model);
  EdgeSettings edges;
  edges.assists.method = AssistMethod::rules;
  edges.opc.descent.iterations = descent;
  const EdgeTiles method(model, settings, resolved(edges, settings, model), {.halo_nm = 256.0}, "test");
  const TilePipeline pipeline(method, {test::source_of(polygons)});
  const std::vector<TileIndex> tiles = method.plan().tiles_in(window);
  MemoryStore store;
  const TileKeys keys(method, tiles, pipeline.scan(tiles_that_decide(method, tiles), 1));
  for (int stage = 0; stage < method.stages(); ++stage) {
    std::vector<TileTask> tasks = keys.missing(stage, store);
    if (backwards) std::reverse(tasks.begin(), tasks.end());
    run_tasks(pipeline, keys, tasks, store, {.threads = backwards ? 2 : 1});
  }
  Corrected out{.plan = method.plan(), .masks = {}, .measures = {}};
  for (const TileIndex& tile : tiles) {
    const std::string &mask = keys.key(method.mask_stage(), tile), &measured = keys.key(method.measure_stage(), tile);
    out.masks[tile] = mask.empty() ? Bytes{} : store.get(mask);
    out.measures[tile] = measured.empty() ? Bytes{} : store.get(measured);
  }
  return out;
}

// Bars, and a long line across several tiles.
std::vector<Polygon> layout(double dx = 0.0, double dy = 0.0) {
  std::vector<Polygon> shapes = test::random_bars(1500, dx, dy);
  shapes.push_back(test::rectangle(-900 + dx, -160 + dy, 2400 + dx, -60 + dy));
  return shapes;
}

Polygon circle(double x, double y, double radius) {
  Polygon ring;
  for (int i = 0; i < 360; ++i) {
    const double t = 2.0 * std::numbers::pi * i / 360;
    ring.push_back({x + radius * std::cos(t), y + radius * std::sin(t)});
  }
  return ring;
}

// Steps of the descent after the solver.
class EdgeTilesOf : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Descent, EdgeTilesOf, testing::Values(0, 12));

TEST_P(EdgeTilesOf, ThreadsAndOrderDoNotChangeAByte) {
  const Corrected a = correct_edges(GetParam(), layout(), {0, 0, 1000, 1000}), b = correct_edges(GetParam(), layout(), {0, 0, 1000, 1000}, true);
  EXPECT_EQ(a.masks, b.masks);
  EXPECT_EQ(a.measures, b.measures);
}

// Lengths of the mask's outline along a seam's two sides: they cover the same pieces of it.
TEST_P(EdgeTilesOf, OutlinesMeetAtSeams) {
  std::vector<Polygon> shapes = layout();
  shapes.push_back(circle(520, -330, 80));
  const Corrected found = correct_edges(GetParam(), shapes, {0, -512, 1536, 1024});
  const double core = found.plan.core_x_nm;
  const auto pieces = [&](TileIndex tile, double x) {
    std::vector<std::pair<double, double>> along;
    for (const Polygon& ring : mask_from_bytes(found.masks.at(tile)).outlines)
      for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point &a = ring[i], &b = ring[(i + 1) % ring.size()];
        if (a.x == x && b.x == x) along.push_back(std::minmax(a.y, b.y));
      }
    std::sort(along.begin(), along.end());
    return along;
  };
  int seams = 0;
  for (int y = -1; y < 2; ++y)
    for (int x = 0; x < 2; ++x) {
      const auto left = pieces({y, x}, core), right = pieces({y, x + 1}, 0.0);
      ASSERT_EQ(left.size(), right.size());
      for (std::size_t i = 0; i < left.size(); ++i) {
        EXPECT_NEAR(left[i].first, right[i].first, 1e-6);
        EXPECT_NEAR(left[i].second, right[i].second, 1e-6);
      }
      seams += static_cast<int>(left.size());
    }
  EXPECT_GE(seams, 4);
}

TEST_P(EdgeTilesOf, PlacementAtSeamsIsThatInside) {
  double seam = 0, inside = 0, all = 0;
  int at_seams = 0, others = 0;
  const Corrected found = correct_edges(GetParam(), layout(), {0, -512, 1536, 1024});
  for (const auto& [tile, bytes] : found.measures) {
    if (bytes.empty()) continue;
    for (const EdgePlacement& place : measures_from_bytes(bytes).sites) {
      const double x = place.site.position.x, y = place.site.position.y;
      const double near = std::min({x, y, found.plan.core_x_nm - x, found.plan.core_y_nm - y});
      (near < 60 ? seam : inside) += std::abs(place.epe_nm);
      ++(near < 60 ? at_seams : others);
      all += std::abs(place.epe_nm);
    }
  }
  ASSERT_GE(at_seams, 30);
  EXPECT_LT(seam / at_seams, 1.25 * inside / others + 0.5);  // few places: their own spread is a quarter
}

TEST_P(EdgeTilesOf, LayoutMovedByWholeTilesGivesTheSameMasks) {
  const auto here = correct_edges(GetParam(), layout(), {0, 0, 500, 500});
  const auto there = correct_edges(GetParam(), layout(1536, -512), {1536, -512, 2036, -12});
  EXPECT_EQ(there.masks.at({-1, 3}), here.masks.at({0, 0}));
}

// Each tile sees another part of the outline, and corrects the same pieces.
TEST(EdgeTiles, CurvesAcrossSeamsPrintWhereTheyAreDrawn) {
  const std::vector<Polygon> disc{circle(480.0, 510.0, 450.0)};
  const Corrected found = correct_edges(0, disc, {0, 0, 1024, 1024});
  double sum = 0.0, worst = 0.0;
  int sites = 0, tiles = 0;
  for (const auto& [tile, bytes] : found.measures) {
    if (bytes.empty()) continue;
    ++tiles;
    for (const EdgePlacement& place : measures_from_bytes(bytes).sites) {
      sum += std::abs(place.epe_nm);
      worst = std::max(worst, std::abs(place.epe_nm));
      ++sites;
    }
  }
  ASSERT_GE(tiles, 4);
  ASSERT_GE(sites, 50);
  EXPECT_LT(sum / sites, 0.3);
  EXPECT_LT(worst, 1.0);
}

TEST(EdgeMoves, ComeBackFromBytesAndRefuseOthers) {
  EdgeMoves moves;
  moves.fragments.resize(2);
  moves.fragments[1].b = {30, 0};
  moves.fragments[1].normal = {0, -1};
  moves.displacements = {1, -3};
  moves.bars = {test::rectangle(1, 2, 5, 90)};
  const Bytes bytes = moves_bytes(moves);
  const EdgeMoves back = moves_from_bytes(bytes);
  EXPECT_EQ(back.displacements, moves.displacements);
  EXPECT_EQ(back.bars, moves.bars);
  EXPECT_EQ(back.fragments[1].b.x, 30);
  EXPECT_THROW(moves_from_bytes(std::span(bytes).first(bytes.size() - 8)), Error);
  EXPECT_THROW(moves_from_bytes({}), Error);
}

}  // namespace
}  // namespace reticle
