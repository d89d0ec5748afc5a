// SPDX-License-Identifier: Apache-2.0
// Assist features of layouts do not print, at seams either.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <string>

#include "litho/assist/print_trim.h"
#include "litho/chip/memory_store.h"
#include "litho/chip/pipeline.h"
#include "litho/chip/seams.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/model_period.h"
#include "tests/litho/chip/chip_model.h"

namespace reticle {
namespace {

using test::rectangle;

constexpr double k_margin = 0.25;

// Dense wires on the left, lone ones across the seams of the cores at 512 nm.
std::vector<Polygon> wires() {
  std::vector<Polygon> all;
  for (int i = 0; i < 4; ++i) all.push_back(rectangle(20 + 120 * i, 60, 90 + 120 * i, 940));
  all.push_back(rectangle(700, 300, 780, 800));
  all.push_back(rectangle(600, 60, 940, 140));
  return all;
}

struct Chip {
  Image<std::uint8_t> mask;
  Grid grid;
  AssistPrints assists;
  PrintedFeatures features;
};

Chip corrected(const std::vector<Polygon>& drawn, double margin) {
  const OpticalModel model = test::annular_model();
  IltSettings settings = test::quick_tile_settings(model);
  settings.assist_dose_margin = margin;
  const ChipSettings chip{.halo_nm = 256.0, .blend_nm = 64.0, .free_margin_nm = 128.0, .refinement_iterations = 15};
  const IltTiles method(model, settings, chip, "test");
  const TilePipeline pipeline(method, {test::source_of(drawn)});
  const TilePlan& plan = method.plan();
  const std::vector<TileIndex> tiles = plan.tiles_in({-256, -256, 1256, 1256});
  const TileKeys keys(method, tiles, pipeline.scan(tiles_that_decide(method, tiles), 1));
  MemoryStore store;
  for (int stage = 0; stage < method.stages(); ++stage) run_tasks(pipeline, keys, keys.missing(stage, store), store, {});
  Chip result{.grid = {.rows = 1024, .cols = 1024, .pixel_nm = 2.0, .origin_x_nm = -512.0, .origin_y_nm = -512.0}};
  result.mask = Image<std::uint8_t>(1024, 1024);
  for (const TileIndex& tile : tiles) {
    const std::string &mask_key = keys.key(method.mask_stage(), tile), &measured_key = keys.key(method.measure_stage(), tile);
    if (mask_key.empty()) continue;
    const TileMask mask = mask_from_bytes(store.get(mask_key));
    for (int y = 0; y < 256; ++y)
      std::copy_n(mask.pixels.row(y), 256, result.mask.row(256 * (tile.y + 1) + y) + 256 * (tile.x + 1));
    const TileMeasures measures = measures_from_bytes(store.get(measured_key));
    result.features.extra += measures.features.extra;
    result.features.missing += measures.features.missing;
    if (!measures.assists) continue;
    result.assists.before += measures.assists->before;
    result.assists.after += measures.assists->after;
  }
  return result;
}

// Of the whole mask at once, without tiles, away from its border.
std::size_t prints_apart(const Chip& chip, const std::vector<Polygon>& drawn, double dose) {
  const OpticalModel model = model_at_period(test::annular_model(), 2048.0, 2048.0);
  Simulator<float> simulator(model);
  // What is cut off at the border of this piece of mask says nothing.
  return prints_in({-256, -256, 1280, 1280},
                   printed_assists(model, simulator, simulator.mask_spectrum(chip.mask.view()),
                                   BitImage(rasterize_binary(drawn, chip.grid)), chip.grid, dose))
      .size();
}

TEST(TileAssists, NothingPrintsApartFromTheDrawnShapesOfALayout) {
  const Chip loose = corrected(wires(), -1.0), chip = corrected(wires(), k_margin);
  ASSERT_GT(prints_apart(loose, wires(), 1.0 + k_margin), 0u);  // there is something to do
  EXPECT_GT(chip.assists.before, 0);
  EXPECT_EQ(chip.assists.after, 0);
  EXPECT_EQ(chip.features.extra, 0);
  EXPECT_EQ(chip.features.missing, 0);
  EXPECT_EQ(prints_apart(chip, wires(), 1.0 + k_margin), 0u);
}

// Bars of random lengths and places side by side at a pitch, some lanes empty.
std::vector<Polygon> bars_at(double pitch_nm, unsigned seed) {
  std::mt19937 generator(seed);
  const auto below = [&](unsigned n) { return static_cast<double>(generator() % n); };
  std::vector<Polygon> all;
  for (double x = 20; x + pitch_nm < 980; x += pitch_nm) {
    if (generator() % 4 == 0) continue;
    for (double y = 40 + 2 * below(60); y < 780;) {
      const double end = std::min(960.0, y + 140 + 2 * below(200));
      all.push_back(rectangle(x, y, x + 0.5 * pitch_nm, end));
      y = end + 90 + 2 * below(120);
    }
  }
  return all;
}

TEST(TileAssists, NothingPrintsApartWhateverThePitch) {
  const double limit_nm = 193.0 / (0.9 * 1.6);
  std::int64_t printed = 0;
  unsigned seed = 7;
  for (const double pitch : {0.85, 1.0, 1.5, 0.85, 1.0, 1.5}) {
    const std::vector<Polygon> bars = bars_at(2.0 * std::round(0.5 * pitch * limit_nm), ++seed);
    const std::string what = std::to_string(pitch) + " of the limit, seed " + std::to_string(seed);
    const Chip chip = corrected(bars, 0.15);
    printed += chip.assists.before;
    EXPECT_EQ(chip.assists.after, 0) << what;
    EXPECT_EQ(chip.features.extra, 0) << what;
  }
  EXPECT_GT(printed, 10);  // there is something to do
}

// A bar, and masks of it with more.
struct BarScene {
  explicit BarScene(double x0, double coarse_nm)
      : coarse{.rows = static_cast<int>(1024 / coarse_nm), .cols = static_cast<int>(1024 / coarse_nm), .pixel_nm = coarse_nm},
        bar(rectangle(x0, 100, x0 + 100, 900)) {}

  BitImage mask_with(std::vector<Polygon> more) const {
    more.push_back(bar);
    return BitImage(rasterize_binary(more, grid));
  }
  std::vector<PrintedAssist> printed(const BitImage& mask, const BitImage& on, const Grid& samples, double dose) {
    Image<std::uint8_t> pixels(mask.rows(), mask.cols());
    mask.unpack_into(pixels.view());
    return printed_assists(model, simulator, simulator.mask_spectrum(ImageView<const std::uint8_t>(pixels.view())), on, samples, dose);
  }
  bool prints(const BitImage& mask, double dose) { return !printed(mask, drawn, grid, dose).empty(); }
  // Whether there was something to trim.
  bool trim(std::span<const double> doses, BitImage& mask) {
    return !trim_printed(model, simulator, doses, field, [](BitImage&) {}, mask).empty();
  }

  OpticalModel model = test::annular_model();
  Simulator<float> simulator{model};
  Grid grid{.rows = 512, .cols = 512, .pixel_nm = 2.0}, coarse;
  Polygon bar;
  BitImage drawn{rasterize_binary(std::vector<Polygon>{bar}, grid)}, coarse_drawn{rasterize_binary(std::vector<Polygon>{bar}, coarse)};
  TrimField field{.grid = grid, .drawn = drawn, .coarse = coarse, .coarse_drawn = coarse_drawn, .looked_at = {0, 0, 1024, 1024}};
};

TEST(PrintTrim, APrintWithoutAnAssistFeatureNearItLosesWhatIsNotDrawn) {
  BarScene scene(100, 16.0);
  // What prints is one shape of the mask with the bar.
  BitImage mask = scene.mask_with({rectangle(200, 500, 500, 510), rectangle(500, 430, 620, 580)});
  ASSERT_TRUE(scene.prints(mask, 1.05));
  EXPECT_TRUE(scene.trim(std::array{1.05}, mask));
  EXPECT_FALSE(scene.prints(mask, 1.05));
  for (int y = 50; y < 450; ++y) EXPECT_TRUE(mask(y, 75));  // of the bar
}

TEST(PrintTrim, WhatPeaksBetweenTheSamplesLookedAtFirstIsFoundToo) {
  BarScene scene(100, 16.0);
  int missed_at_first = 0;
  for (int shift = 0; shift < 16; shift += 2) {
    BitImage mask = scene.mask_with({rectangle(600 + shift, 500 + shift, 680 + shift, 580 + shift)});
    double low = 0.5, high = 4.0;  // the least dose at which the square prints
    for (int k = 0; k < 20; ++k) {
      const double dose = 0.5 * (low + high);
      (scene.prints(mask, dose) ? high : low) = dose;
    }
    missed_at_first += scene.printed(mask, scene.coarse_drawn, scene.coarse, high).empty();
    EXPECT_TRUE(scene.trim(std::array{high}, mask)) << shift;
    EXPECT_FALSE(scene.prints(mask, high)) << shift;
  }
  EXPECT_GT(missed_at_first, 2);
}

// At more dose a print may have joined that of a drawn shape: it is no print apart there, and still is one at less.
TEST(PrintTrim, WhatJoinsADrawnPrintAtMoreDoseIsTakenAwayAtLess) {
  BarScene scene(300, 8.0);
  int joined = 0;
  for (int gap = 60; gap <= 120; gap += 4)
    for (const double dose : {0.9, 1.0, 1.1, 1.2, 1.3}) {
      BitImage mask = scene.mask_with({rectangle(400 + gap, 450, 480 + gap, 550)});
      const double more = 1.1 * dose;
      if (!scene.prints(mask, dose) || scene.prints(mask, more)) continue;
      ++joined;
      BitImage alone = mask;
      EXPECT_FALSE(scene.trim(std::array{more}, alone));
      EXPECT_TRUE(scene.trim(std::array{more, dose}, mask));
      EXPECT_FALSE(scene.prints(mask, dose) || scene.prints(mask, more)) << gap << " " << dose;
    }
  EXPECT_GT(joined, 0);
}

TEST(PrintTrim, AssistsLoseTheMostThatAPrintNearThemAsksFor) {
  const Grid grid{.rows = 200, .cols = 200, .pixel_nm = 2.0, .origin_x_nm = 0.0, .origin_y_nm = 0.0};
  const auto bits = [&](std::vector<Polygon> shapes) { return BitImage(rasterize_binary(std::move(shapes), grid)); };
  const std::vector<Polygon> drawn{rectangle(20, 20, 60, 380)};
  const Polygon main = rectangle(16, 16, 64, 384), far = rectangle(300, 20, 380, 60);
  BitImage mask = bits({main, rectangle(120, 40, 200, 120), rectangle(120, 200, 200, 300), far});
  const auto at = [](double x, double y) { return PrintedAssist{.place = {x, y}, .area_nm2 = 1.0, .condition = 0}; };
  ASSERT_TRUE(shrink_assists_near({at(160, 80), at(160, 140), at(160, 310)}, 50.0, {2, 5, 3}, bits(drawn), grid, mask));
  // Squares stay squares where a disc is taken off their inside.
  EXPECT_EQ(mask, bits({main, rectangle(130, 50, 190, 110), rectangle(126, 206, 194, 294), far}));
  EXPECT_FALSE(shrink_assists_near({at(40, 200)}, 20.0, {2}, bits(drawn), grid, mask));
}

}  // namespace
}  // namespace reticle
