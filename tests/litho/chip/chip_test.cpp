// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/memory_store.h"
#include "litho/chip/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/base/error.h"
#include "tests/litho/chip/chip_model.h"

namespace reticle {
namespace {

using test::annular_model;
using test::quick_tile_settings;
using test::random_bars;
using test::source_of;

const ChipSettings k_small{.halo_nm = 256.0, .blend_nm = 64.0, .free_margin_nm = 128.0,
                           .refinements = 1, .refinement_iterations = 15};

enum class Order { forwards, backwards };

// The finished cores of the tiles in a box, as bytes.
std::map<TileIndex, Bytes> correct_chip(const std::vector<Polygon>& polygons, const Box& window,
                                        int threads = 1, Order order = Order::forwards,
                                        MemoryStore* kept = nullptr) {
  const OpticalModel model = annular_model();
  const IltTiles method(model, quick_tile_settings(model), k_small, "test");
  const TilePipeline pipeline(method, {source_of(polygons)});
  const std::vector<TileIndex> tiles = method.plan().tiles_in(window);
  MemoryStore own;
  MemoryStore& store = kept ? *kept : own;
  const TileKeys keys(method, tiles, pipeline.scan(tiles_that_decide(method, tiles), threads));
  for (int stage = 0; stage < method.stages(); ++stage) {
    std::vector<TileTask> tasks = keys.missing(stage, store);
    if (order == Order::backwards) std::reverse(tasks.begin(), tasks.end());
    run_tasks(pipeline, keys, tasks, store, {.threads = threads});
  }
  std::map<TileIndex, Bytes> results;
  for (const TileIndex& tile : tiles) {
    for (const int stage : {method.mask_stage(), method.measure_stage()}) {
      const std::string& key = keys.key(stage, tile);
      const Bytes bytes = key.empty() ? Bytes{} : store.get(key);
      results[tile].insert(results[tile].end(), bytes.begin(), bytes.end());
    }
  }
  return results;
}

TEST(TilePipeline, ThreadsAndOrderDoNotChangeAByte) {
  const std::vector<Polygon> bars = random_bars(900);
  const Box window{0, 0, 900, 900};
  const auto expected = correct_chip(bars, window);
  EXPECT_EQ(expected.size(), 4u);
  EXPECT_EQ(correct_chip(bars, window, 2), expected);
  EXPECT_EQ(correct_chip(bars, window, 1, Order::backwards), expected);
}

// Tasks whose inputs are there need not wait for the end of the stage before: the deepest first, one at a time.
TEST(TilePipeline, TasksThatAreReadyRunAheadOfTheirStageToTheSameBytes) {
  const std::vector<Polygon> bars = random_bars(900);
  const Box window{0, 0, 900, 900};
  const OpticalModel model = annular_model();
  const IltTiles method(model, quick_tile_settings(model), k_small, "test");
  const TilePipeline pipeline(method, {source_of(bars)});
  const std::vector<TileIndex> tiles = method.plan().tiles_in(window);
  const TileKeys keys(method, tiles, pipeline.scan(tiles_that_decide(method, tiles), 1));
  MemoryStore store;
  std::vector<int> stages;
  const auto run_deepest = [&] {
    for (int stage = method.stages() - 1; stage >= 0; --stage)
      for (const TileTask& task : keys.missing(stage, store))
        if (keys.is_ready(task, store)) {
          stages.push_back(stage);
          return run_tasks(pipeline, keys, {&task, 1}, store, {.threads = 1}) == 1;
        }
    return false;
  };
  while (run_deepest()) {}
  EXPECT_FALSE(std::is_sorted(stages.begin(), stages.end()));
  const std::size_t results = store.size();
  const auto ahead = correct_chip(bars, window, 1, Order::forwards, &store);
  EXPECT_EQ(store.size(), results);  // nothing was left to do
  EXPECT_EQ(ahead, correct_chip(bars, window));
}

TEST(TilePipeline, WindowGivesTheSameMaskAsTheWhole) {
  const std::vector<Polygon> bars = random_bars(900);
  const auto whole = correct_chip(bars, {0, 0, 900, 900});
  for (const auto& [tile, bytes] : correct_chip(bars, {512, 512, 600, 600}))
    EXPECT_EQ(bytes, whole.at(tile));
}

TEST(TilePipeline, LayoutMovedByWholeTilesGivesTheSameMasks) {
  const auto here = correct_chip(random_bars(500), {0, 0, 500, 500});
  const auto there = correct_chip(random_bars(500, 3 * 512.0, -512.0), {1536, -512, 2036, -12});
  ASSERT_EQ(here.size(), 1u);
  EXPECT_EQ(there.at({-1, 3}), here.at({0, 0}));
}

TEST(TilePipeline, EqualSurroundingsAreCorrectedOnce) {
  // A period of one core: every tile of the infinite array is the same.
  std::vector<Polygon> bars;
  for (int y = -6; y < 8; ++y)
    for (int x = -6; x < 8; ++x)
      bars.push_back(test::rectangle(512 * x + 100, 512 * y + 80, 512 * x + 200, 512 * y + 400));
  MemoryStore store;
  const auto results = correct_chip(bars, {0, 0, 1024, 1024}, 1, Order::forwards, &store);
  EXPECT_EQ(store.size(), 5u);  // one optimised, refined, finished, checked, measured
  EXPECT_EQ(results.at({0, 0}), results.at({1, 1}));
}

TEST(TilePipeline, ChangedLayoutRedoesOnlyWhatItReaches) {
  MemoryStore store;
  std::vector<Polygon> bars = random_bars(900);
  correct_chip(bars, {0, 0, 900, 900}, 1, Order::forwards, &store);
  const std::size_t before = store.size();
  correct_chip(bars, {0, 0, 900, 900}, 1, Order::forwards, &store);
  EXPECT_EQ(store.size(), before);
  bars.push_back(test::rectangle(3000, 3000, 3090, 3400));
  correct_chip(bars, {0, 0, 900, 900}, 1, Order::forwards, &store);
  EXPECT_EQ(store.size(), before);
}

TEST(TilePipeline, TilesWithoutGeometryHaveNoResult) {
  for (const auto& [tile, bytes] : correct_chip(random_bars(400), {5120, 5120, 5400, 5400}))
    EXPECT_TRUE(bytes.empty());
}

TEST(TilePipeline, RefusesABlendThatDoesNotFit) {
  const OpticalModel model = annular_model();
  ChipSettings chip = k_small;
  chip.blend_nm = 200.0;
  EXPECT_THROW(IltTiles(model, quick_tile_settings(model), chip, ""), Error);
}

TEST(TilePipeline, ErrorOfAThreadReachesTheCaller) {
  const OpticalModel model = annular_model();
  const GeometrySource broken = [](const Box&) -> std::vector<Polygon> {
    throw Error(ErrorCode::io, "the layout went away");
  };
  const IltTiles method(model, quick_tile_settings(model), k_small, "");
  const TileIndex tile{0, 0};
  EXPECT_THROW(TilePipeline(method, {broken}).scan({&tile, 1}, 2), Error);
}

TEST(TilePipeline, DroppedStagesAreRedoneOnlyWhereTheyAreNeeded) {
  const OpticalModel model = annular_model();
  const IltTiles method(model, quick_tile_settings(model), k_small, "test");
  const TilePipeline pipeline(method, {source_of(random_bars(900))});
  const std::vector<TileIndex> tiles = method.plan().tiles_in({0, 0, 900, 900});
  const TileKeys keys(method, tiles, pipeline.scan(tiles_that_decide(method, tiles), 1));
  MemoryStore store;
  for (const int stage : {method.mask_stage(), method.measure_stage()})
    for (const TileTask& task : keys.tasks(stage)) store.put(task.key, {}, ResultUse::kept);
  for (int stage = 0; stage < method.stages(); ++stage) EXPECT_TRUE(keys.missing(stage, store).empty());
}

TEST(TilePipeline, MeasuringDifferentlyKeepsTheMasks) {
  const OpticalModel model = annular_model();
  const IltTiles method(model, quick_tile_settings(model), k_small, "test");
  for (double IltSettings::*key : {&IltSettings::edge_site_spacing_nm, &IltSettings::edge_short_nm, &IltSettings::edge_search_nm}) {
    IltSettings other = quick_tile_settings(model);
    other.*key += 10.0;
    const IltTiles finer(model, other, k_small, "test");
    for (int stage = 0; stage < method.measure_stage(); ++stage)
      EXPECT_EQ(method.identity(stage), finer.identity(stage));
    EXPECT_NE(method.identity(method.measure_stage()), finer.identity(method.measure_stage()));
    EXPECT_EQ(without_measuring(other).*key, without_measuring(quick_tile_settings(model)).*key);
  }
}

// Emphasis looks for edges beyond the tolerance, which decides masks then.
TEST(TilePipeline, AToleranceThatSteersMasksIsNotLeftOut) {
  IltSettings settings = quick_tile_settings(annular_model());
  settings.edge_tolerance_nm = 7.0;
  for (IltLevel& level : settings.levels) level.emphasis_gain = 0.0;
  EXPECT_NE(without_measuring(settings).edge_tolerance_nm, 7.0);
  settings.levels.back().emphasis_gain = 0.2;
  EXPECT_EQ(without_measuring(settings).edge_tolerance_nm, 7.0);
}

TEST(TileResult, MaskSurvivesItsBytesAndEveryCutOfThemIsRefused) {
  TileMask pixels{.pixels = Image<std::uint8_t>(3, 5)}, outlines;
  pixels.pixels(1, 4) = 1;
  outlines.outlines = {test::rectangle(1, 2, 3.5, 4)};
  for (const TileMask& mask : {pixels, outlines}) {
    const Bytes bytes = mask_bytes(mask);
    EXPECT_EQ(mask_from_bytes(bytes).pixels, mask.pixels);
    EXPECT_EQ(mask_from_bytes(bytes).outlines, mask.outlines);
    for (std::size_t n = 0; n < bytes.size(); ++n)
      EXPECT_THROW(mask_from_bytes(std::span(bytes).first(n)), Error) << n;
  }
}

TEST(TileResult, MeasuresSurviveTheirBytesAndEveryCutOfThemIsRefused) {
  TileMeasures measures{.l2_nm2 = 7, .pv_band_nm2 = 9};
  measures.sites.push_back({.site = {{1.25, 2}, {0, 1}}, .epe_nm = -3.5, .missing = true});
  const Bytes bytes = measures_bytes(measures);
  const TileMeasures read = measures_from_bytes(bytes);
  EXPECT_EQ(read.sites.at(0).site.position.x, 1.25);
  EXPECT_EQ(read.sites.at(0).epe_nm, -3.5);
  EXPECT_TRUE(read.sites.at(0).missing);
  for (std::size_t n = 0; n < bytes.size(); ++n)
    EXPECT_THROW(measures_from_bytes(std::span(bytes).first(n)), Error) << n;
}

}  // namespace
}  // namespace reticle
