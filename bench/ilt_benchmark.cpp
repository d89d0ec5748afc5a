// SPDX-License-Identifier: Apache-2.0
// Inverse lithography of one 2048 nm clip on one core: an iteration on each grid, and the whole clip.
// 24 kernels in two focus conditions, three process corners.
#include <benchmark/benchmark.h>

#include "bench/contest_terms.h"
#include "bench/synthetic.h"
#include "kernels/engine/engine.h"
#include "litho/ilt/ilt.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/socs.h"

namespace reticle {
namespace {

void iteration(benchmark::State& state) {
  const OpticalModel model = bench::contest_sized_model();
  const Design clip = bench::metal_clip();
  const int pixel = static_cast<int>(state.range(0)), size = 2048 / pixel;
  const auto engine = make_cpu_engine();
  const auto batch = engine->make_ilt({socs_stack(model), size, size, static_cast<double>(pixel)}, 1);
  const Image<float> target =
      rasterize(clip.polygons, {.rows = size, .cols = size, .pixel_nm = static_cast<double>(pixel)});
  Image<float> start = target;
  for (float& p : start) p -= 0.5f;
  batch->set_clip(0, {.parameters = start.view(), .target = target.view()});
  const IltTerms terms = bench::contest_terms();
  int step = 0;
  for (auto _ : state) {
    batch->evaluate(terms);
    batch->adam({.step = ++step});
  }
}

void whole_clip(benchmark::State& state) {
  const OpticalModel model = bench::contest_sized_model();
  const Design clip = bench::metal_clip();
  const IltSettings settings = resolved(IltSettings{}, model);
  const auto engine = make_cpu_engine();
  for (auto _ : state) benchmark::DoNotOptimize(correct(*engine, model, settings, {&clip, 1}));
}

BENCHMARK(iteration)->ArgName("pixel_nm")->Arg(16)->Arg(8)->Arg(4)->Arg(1)
    ->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly();
BENCHMARK(whole_clip)->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly();

}  // namespace
}  // namespace reticle

BENCHMARK_MAIN();
