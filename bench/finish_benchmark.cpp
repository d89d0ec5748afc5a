// SPDX-License-Identifier: Apache-2.0
// What follows the optimisation of a clip, step by step and as a whole: the mask is cleaned,
// evaluated and written. 2048 x 2048 pixels of 1 nm; the mask is that of a small inverse problem of
// our own, so that its outlines curve and its assist features are as thin as real ones.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>
#include <utility>

#include "bench/synthetic.h"
#include "litho/ilt/cleanup.h"
#include "litho/verification/evaluation.h"
#include "litho/ilt/interpolate.h"
#include "litho/chip/tile_evaluation.h"
#include "litho/geometry/rasterize.h"
#include "litho/metrology/mask_rules.h"
#include "litho/metrology/print_metrics.h"
#include "litho/metrology/shots.h"
#include "masks/mask_file.h"

namespace reticle {
namespace {

constexpr int k_size = 2048;
const Grid k_grid{.rows = k_size, .cols = k_size, .pixel_nm = 1.0};

// The clip's target, blurred and rippled: bars with curved edges, islands and thin lines between.
Image<float> grey_field() {
  const Image<float> target =
      rasterize(bench::metal_clip().polygons, {.rows = 1024, .cols = 1024, .pixel_nm = 2.0});
  Image<float> field = gaussian_blur(target, 12.0);
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  Image<float> noise(1024, 1024);
  for (float& value : noise) value = normal(random);
  noise = gaussian_blur(noise, 14.0);
  for (std::size_t i = 0; i < field.size(); ++i) field.data()[i] += 9.0f * noise.data()[i] - 0.35f;
  return field;
}

struct Clip {
  OpticalModel model = bench::contest_sized_model();
  IltSettings settings = resolved(IltSettings{}, model);
  Design design = bench::metal_clip();
  Image<float> grey = grey_field();
  Image<std::uint8_t> raw = positive_where_resampled(grey, k_size, k_size).unpacked();
  Image<std::uint8_t> mask = cleaned(raw);
  Image<std::uint8_t> target = rasterize_binary(design.polygons, k_grid);

  Image<std::uint8_t> cleaned(Image<std::uint8_t> pixels) const {
    clean_mask(pixels, k_grid,
               settings.mask_rules);
    return pixels;
  }
};

const Clip& clip() {
  static const Clip shared;
  return shared;
}

std::filesystem::path scratch() {
  return std::filesystem::temp_directory_path() /
         ("reticle_finish_benchmark_" + std::to_string(::getpid()) + ".h5");
}

enum class Grey { left_out, kept };

MaskFile file_of(Image<std::uint8_t> mask, Image<std::uint8_t> target, Grey grey) {
  MaskFile file{.grid = k_grid, .mask = std::move(mask), .target = std::move(target)};
  if (grey == Grey::left_out) return file;
  file.grey = clip().grey;
  file.grey_grid = {.rows = 1024, .cols = 1024, .pixel_nm = 2.0};
  return file;
}

void clean(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(clip().cleaned(clip().raw));
}

void shots(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(count_shots(clip().mask.view()));
  state.counters["shots"] = static_cast<double>(count_shots(clip().mask.view()));
}

void rules(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(measure_mask_rules(clip().mask.view(), k_grid));
}

void edges(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(edge_sites(clip().target.view(), k_grid, {}));
}

void three_images(benchmark::State& state) {
  CornerImages images(clip().model);
  const auto& corners = clip().settings.corners;
  for (auto _ : state) {
    images.set_mask(clip().mask.view());
    for (std::size_t i = 0; i < 3; ++i)
      benchmark::DoNotOptimize(images.print(corners[i % corners.size()]));
  }
}

void print_one(benchmark::State& state) {
  CornerImages images(clip().model);
  images.set_mask(clip().mask.view());
  const ImageView<const float> image = images.at_focus_of(clip().settings.corners.front());
  for (auto _ : state) benchmark::DoNotOptimize(print_bits(image, {0.225}));
}

void evaluate_one(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(
        evaluate(clip().model, clip().settings, clip().mask.view(), k_grid, clip().design));
}

void evaluate_next(benchmark::State& state) {
  MaskEvaluator evaluator(clip().model, clip().settings);
  for (auto _ : state)
    benchmark::DoNotOptimize(evaluator.evaluate(clip().mask.view(), k_grid, clip().design));
}

template <Grey grey>
void write(benchmark::State& state) {
  const MaskFile file = file_of(clip().mask, clip().target, grey);
  for (auto _ : state) write_mask(scratch(), file);
  state.counters["bytes"] = static_cast<double>(std::filesystem::file_size(scratch()));
  std::filesystem::remove(scratch());
}

template <Grey grey>
void finish_clip(benchmark::State& state) {
  MaskEvaluator evaluator(clip().model, clip().settings);
  for (auto _ : state) {
    Image<std::uint8_t> mask = clip().cleaned(clip().raw);
    MaskEvaluation seen = evaluator.evaluate(mask.view(), k_grid, clip().design);
    write_mask(scratch(), file_of(std::move(mask), std::move(seen.target), grey));
  }
  std::filesystem::remove(scratch());
}

// A tile of a layout: a core of 1024 nm in the middle of the field.
void finish_next_tile(benchmark::State& state) {
  const TilePlan plan{.core_x_nm = 1024.0, .core_y_nm = 1024.0, .halo_nm = 512.0};
  Design design = clip().design;
  for (Polygon& polygon : design.polygons)
    for (Point& p : polygon) p = {p.x - 512.0, p.y - 512.0};
  design.window = {0, 0, 1024, 1024};
  TileFinisher finisher(clip().model, clip().settings, plan);
  TileMeasurer measurer(clip().model, clip().settings, plan);
  Image<std::uint8_t> field = clip().cleaned(clip().raw);
  for (auto _ : state) {
    benchmark::DoNotOptimize(finisher.finish(clip().design, clip().grey));
    benchmark::DoNotOptimize(measurer.measure(design, field));
  }
}

void each(benchmark::internal::Benchmark* step) {
  step->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly();
}

BENCHMARK(clean)->Apply(each);
BENCHMARK(shots)->Apply(each);
BENCHMARK(rules)->Apply(each);
BENCHMARK(edges)->Apply(each);
BENCHMARK(three_images)->Apply(each);
BENCHMARK(print_one)->Apply(each);
BENCHMARK(evaluate_one)->Apply(each);
BENCHMARK(evaluate_next)->Apply(each);
BENCHMARK(write<Grey::left_out>)->Apply(each);
BENCHMARK(write<Grey::kept>)->Apply(each);
BENCHMARK(finish_clip<Grey::left_out>)->Apply(each);
BENCHMARK(finish_clip<Grey::kept>)->Apply(each);
BENCHMARK(finish_next_tile)->Apply(each);

}  // namespace
}  // namespace reticle

BENCHMARK_MAIN();
