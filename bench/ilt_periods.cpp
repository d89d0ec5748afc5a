// SPDX-License-Identifier: Apache-2.0
// ilt_periods: what an iteration of inverse lithography costs per area at periods and working pixels, and where: mask and
// its orders, SOCS fields and their intensity, the objective over the pixels, the adjoint of the fields, the gradient of the
// parameters. One core; us_per_um2 of field. Kernels of the contest's size, moved to the period.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "bench/contest_terms.h"
#include "bench/synthetic.h"
#include "kernels/cpu/socs_fields.h"
#include "kernels/cpu/window_pass.h"
#include "kernels/engine/engine.h"
#include "litho/imaging/model_period.h"
#include "litho/imaging/socs.h"

namespace reticle {
namespace {

using Band = cpu::BandTransform<float>;

const OpticalModel& model_at(int period_nm) {
  static std::map<int, OpticalModel> models;
  auto& model = models[period_nm];
  if (model.conditions.empty()) model = model_at_period(bench::contest_sized_model(), period_nm, period_nm);
  return model;
}

struct Case {
  explicit Case(const benchmark::State& state)
      : period_nm(static_cast<int>(state.range(0))),
        pixel_nm(static_cast<int>(state.range(1))),
        size(period_nm / pixel_nm),
        problem{socs_stack(model_at(period_nm)), size, size, static_cast<double>(pixel_nm)},
        target(size, size) {
    // Bars of 70 nm, cut at random.
    std::mt19937 generator(3);
    for (int x = 0; x < period_nm; x += 140) {
      int gap = 200;
      for (int y = 0; y < size; ++y) {
        if (gap < -90) gap = 100 + static_cast<int>(generator() % 400);
        gap -= pixel_nm;
        for (int i = x; i < std::min(x + 70, period_nm); i += pixel_nm) target(y, i / pixel_nm) = gap > 0 ? 1.0f : 0.0f;
      }
    }
  }
  void count(benchmark::State& state) const {
    const double um2 = 1e-6 * period_nm * period_nm;
    state.counters["us_per_um2"] = benchmark::Counter(1e-6 * um2 * static_cast<double>(state.iterations()),
                                                      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  }
  int half() const { return problem.stack.half_x; }

  int period_nm, pixel_nm, size;
  ImagingProblem problem;
  Image<float> target;
};

Spectrum<float> orders_of(const Case& own, int half) {
  Band band(own.size, own.size, half, half, cpu::Samples::at_centres);
  Spectrum<float> orders(half, half);
  band.analyze(own.target.view(), orders);
  return orders;
}

void iteration(benchmark::State& state) {
  const Case own(state);
  const auto engine = make_cpu_engine();
  const auto batch = engine->make_ilt(own.problem, 1);
  Image<float> start = own.target;
  for (float& p : start) p -= 0.5f;
  batch->set_clip(0, {.parameters = start.view(), .target = own.target.view()});
  const IltTerms terms = bench::contest_terms();
  int step = 0;
  for (auto _ : state) {
    batch->evaluate(terms);
    batch->adam({.step = ++step, .rate = 0.0f});  // so that all iterations are alike
  }
  own.count(state);
}

// Pixels -> orders of the mask's band.
void analyze(benchmark::State& state) {
  const Case own(state);
  Band band(own.size, own.size, own.half(), own.half(), cpu::Samples::at_centres);
  const Band::ByPieces pixels = band.by_pieces(own.target.view());
  Band::Columns columns = band.columns();
  Spectrum<float> orders(own.half(), own.half());
  Band::Pixels piece_pixels;
  for (auto _ : state) {
    band.for_pieces([&](const Band::Piece& piece) {
      std::copy_n(pixels.begin() + static_cast<std::ptrdiff_t>(piece.place), static_cast<std::size_t>(piece.rows()) * 2, piece_pixels.begin());
      band.add(piece, piece_pixels, columns);
    });
    band.collect(columns, orders);
    benchmark::DoNotOptimize(orders.data());
  }
  own.count(state);
}

// The same back, the gradient's way.
void synthesize(benchmark::State& state) {
  const Case own(state);
  Band band(own.size, own.size, own.half(), own.half(), cpu::Samples::at_centres);
  Band::Columns columns = band.columns();
  const Spectrum<float> orders = orders_of(own, own.half());
  Band::Pixels pixels;
  for (auto _ : state) {
    band.prepare(orders, columns);
    band.for_pieces([&](const Band::Piece& piece) {
      band.expand(piece, columns, pixels);
      benchmark::DoNotOptimize(pixels.data());
    });
  }
  own.count(state);
}

// Fields of both conditions and their intensity.
void fields(benchmark::State& state) {
  const Case own(state);
  cpu::SocsFields<float> socs(own.problem.stack);
  const Spectrum<float> mask = orders_of(own, own.half());
  Image<float> intensity(socs.field_rows(), socs.field_cols());
  for (auto _ : state)
    for (int c = 0; c < 2; ++c) socs.intensity(mask, c, intensity.view());
  own.count(state);
}

void fields_adjoint(benchmark::State& state) {
  const Case own(state);
  cpu::SocsFields<float> socs(own.problem.stack);
  const Spectrum<float> mask = orders_of(own, own.half());
  Image<float> intensity(socs.field_rows(), socs.field_cols());
  Spectrum<float> gradient(own.half(), own.half());
  for (int c = 0; c < 2; ++c) socs.intensity(mask, c, intensity.view());
  for (auto _ : state)
    for (int c = 0; c < 2; ++c) socs.add_adjoint(c, intensity.view(), gradient);
  own.count(state);
}

// Between the intensity on the field grid and its orders: both ways, both conditions.
void field_orders(benchmark::State& state) {
  const Case own(state);
  cpu::SocsFields<float> socs(own.problem.stack);
  Band band(socs.field_rows(), socs.field_cols(), 2 * own.half(), 2 * own.half(), cpu::Samples::at_corners);
  Image<float> intensity(socs.field_rows(), socs.field_cols());
  Spectrum<float> orders(2 * own.half(), 2 * own.half());
  for (auto _ : state)
    for (int c = 0; c < 2; ++c) {
      band.analyze(intensity.view(), orders);
      band.synthesize(orders, intensity.view());
    }
  own.count(state);
}

// Images of both conditions at the pixels, the objective, and its derivative's orders.
void window(benchmark::State& state) {
  const Case own(state);
  cpu::WindowPass<float> pass(own.size, own.size, 2 * own.half(), 2 * own.half(), 2);
  Band band(own.size, own.size, 2 * own.half(), 2 * own.half(), cpu::Samples::at_centres);
  const Band::ByPieces target = band.by_pieces(own.target.view());
  const Spectrum<float> orders = orders_of(own, 2 * own.half());
  const IltTerms terms = bench::contest_terms();
  std::vector<Spectrum<float>> images;
  for (auto _ : state) {
    images.assign(2, orders);
    benchmark::DoNotOptimize(pass.run(terms.window, target, {}, images));
  }
  own.count(state);
}

void periods(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"period_nm", "pixel_nm"})->Unit(benchmark::kMillisecond);
  for (const int period : {1024, 2048, 3072, 4096, 6144, 8192})
    for (const int pixel : {16, 8, 4, 2}) benchmark->Args({period, pixel});
}
void periods_of_fields(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"period_nm", "pixel_nm"})->Unit(benchmark::kMillisecond);
  for (const int period : {1024, 2048, 3072, 4096, 6144, 8192}) benchmark->Args({period, 8});
}

BENCHMARK(iteration)->Apply(periods);
BENCHMARK(analyze)->Apply(periods);
BENCHMARK(synthesize)->Apply(periods);
BENCHMARK(window)->Apply(periods);
BENCHMARK(fields)->Apply(periods_of_fields);
BENCHMARK(fields_adjoint)->Apply(periods_of_fields);
BENCHMARK(field_orders)->Apply(periods_of_fields);

}  // namespace
}  // namespace reticle

BENCHMARK_MAIN();
