// SPDX-License-Identifier: Apache-2.0
// The engines side by side: images, an iteration of inverse lithography and whole corrections, for batches
// of 2048 nm clips with 24 kernels in two focus conditions. CUDA is measured where its plugin finds a GPU.
// GFLOP/s and GB/s count what operation_counts.h says, no more.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/contest_terms.h"
#include "bench/operation_counts.h"
#include "bench/synthetic.h"
#include "kernels/engine/engine_choice.h"
#include "litho/ilt/ilt.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/polygon_spectrum.h"
#include "litho/imaging/socs.h"

namespace reticle {
namespace {

void per_second(benchmark::State& state, const char* what, double count) {
  state.counters[what] = benchmark::Counter(static_cast<double>(state.iterations()) * count,
                                            benchmark::Counter::kIsRate);
}

void report(benchmark::State& state, int clips, const bench::Cost& cost) {
  per_second(state, "clips/s", clips);
  per_second(state, "GFLOP/s", cost.flops * 1e-9);
  per_second(state, "GB/s", cost.bytes * 1e-9);
}

ImagingProblem problem_with(int pixel_nm, int conditions) {
  const int size = 2048 / pixel_nm;
  ImagingProblem problem{socs_stack(bench::contest_sized_model()), size, size, static_cast<double>(pixel_nm)};
  problem.stack.conditions.resize(static_cast<std::size_t>(conditions));
  return problem;
}

// Images at 1 nm from the orders of their masks, left in the engine's memory.
void images(benchmark::State& state, const EngineChoice& choice) {
  const ImagingProblem problem = problem_with(1, 1);
  const int clips = static_cast<int>(state.range(0));
  const auto engine = make_engine(choice, 0);
  if (!choice.gpus.empty() && engine->image_batch_size(problem, clips) < clips) {
    state.SkipWithError("does not fit into the device's memory");
    return;
  }
  const auto batch = engine->make_images(problem, clips);
  const Spectrum<double> exact = polygon_spectrum(bench::metal_clip().polygons, {0, 0, 2048, 2048}, 17, 17);
  Spectrum<float> orders(17, 17);
  std::copy(exact.data(), exact.data() + exact.size(), orders.data());
  for (int c = 0; c < clips; ++c) batch->set_mask(c, orders);
  for (auto _ : state) {
    batch->run();
    batch->finish();
  }
  report(state, clips, bench::image_cost(problem) * clips);
}

void iteration(benchmark::State& state, const EngineChoice& choice) {
  const Design clip = bench::metal_clip();
  const int pixel = static_cast<int>(state.range(0)), clips = static_cast<int>(state.range(1)), size = 2048 / pixel;
  const ImagingProblem problem = problem_with(pixel, 2);
  const auto engine = make_engine(choice, 0);
  if (!choice.gpus.empty() && engine->batch_size(problem, clips, 0) < clips) {
    state.SkipWithError("does not fit into the device's memory");
    return;
  }
  const auto batch = engine->make_ilt(problem, clips);
  const Image<float> target =
      rasterize(clip.polygons, {.rows = size, .cols = size, .pixel_nm = static_cast<double>(pixel)});
  Image<float> start = target;
  for (float& p : start) p -= 0.5f;
  for (int c = 0; c < clips; ++c) batch->set_clip(c, {.parameters = start.view(), .target = target.view()});
  const IltTerms terms = bench::contest_terms();
  constexpr int k_steps = 10;  // before the device is waited for
  int step = 0;
  for (auto _ : state) {
    for (int i = 0; i < k_steps; ++i) {
      batch->evaluate(terms);
      batch->adam({.step = ++step});
    }
    benchmark::DoNotOptimize(batch->losses());
  }
  report(state, k_steps * clips, bench::iteration_cost(problem) * (k_steps * clips));
}

void correction(benchmark::State& state, const EngineChoice& choice) {
  const OpticalModel model = bench::contest_sized_model();
  const int clips = static_cast<int>(state.range(0));
  const std::vector<Design> designs(static_cast<std::size_t>(clips), bench::metal_clip());
  const IltSettings settings = resolved(IltSettings{}, model);
  const auto engine = make_engine(choice, 0);
  if (!choice.gpus.empty() && batch_size(*engine, model, settings, clips) < clips) {
    state.SkipWithError("does not fit into the device's memory");
    return;
  }
  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  for (auto _ : state) benchmark::DoNotOptimize(correct(*engine, model, settings, designs, {}, threads));
  per_second(state, "clips/s", clips);
}

void measure(const std::string& name, const EngineChoice& choice, const std::vector<std::int64_t>& batches) {
  const auto finish = [](benchmark::internal::Benchmark* entry, int repetitions = 5) {
    entry->Unit(benchmark::kMillisecond)->UseRealTime()->Repetitions(repetitions)->ReportAggregatesOnly();
  };
  auto* pictures = benchmark::RegisterBenchmark(("images_1nm/" + name).c_str(), images, choice);
  pictures->ArgName("clips");
  for (const std::int64_t clips : batches) pictures->Arg(clips);
  finish(pictures);
  auto* steps = benchmark::RegisterBenchmark(("iteration_x10/" + name).c_str(), iteration, choice);
  steps->ArgNames({"pixel_nm", "clips"});
  for (const std::int64_t pixel : {16, 8, 4, 2})
    for (const std::int64_t clips : batches) steps->Args({pixel, clips});
  finish(steps);
  for (const std::int64_t clips : batches)  // many clips are their own repetition
    finish(benchmark::RegisterBenchmark(("correct/" + name).c_str(), correction, choice)->ArgName("clips")->Arg(clips),
           clips >= 1000 ? 1 : 5);
}

}  // namespace
}  // namespace reticle

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const reticle::EngineChoice best = reticle::choose_engine({});
  std::fprintf(stderr, "%s\n", best.description.c_str());
  reticle::measure("cpu", reticle::choose_engine({.kind = reticle::EngineKind::cpu}), {1});
  if (!best.gpus.empty()) reticle::measure("cuda", best, {1, 10, 100, 1000});
  benchmark::RunSpecifiedBenchmarks();
}
