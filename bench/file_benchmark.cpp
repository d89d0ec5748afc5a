// SPDX-License-Identifier: Apache-2.0
// Files and geometry around a correction: a 2048 x 2048 mask to HDF5 and back, and the Fourier
// coefficients of a clip's polygons.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <vector>

#include "bench/synthetic.h"
#include "kernels/base/sha256.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/polygon_spectrum.h"
#include "masks/mask_file.h"

namespace reticle {
namespace {

MaskFile clip_mask() {
  MaskFile file;
  file.grid = {.rows = 2048, .cols = 2048, .pixel_nm = 1.0};
  file.mask = rasterize_binary(bench::metal_clip().polygons, file.grid);
  file.target = file.mask;
  return file;
}

std::filesystem::path scratch() {
  return std::filesystem::temp_directory_path() /
         ("reticle_file_benchmark_" + std::to_string(::getpid()) + ".h5");
}

void write_mask_file(benchmark::State& state) {
  const MaskFile file = clip_mask();
  for (auto _ : state) write_mask(scratch(), file);
  state.counters["bytes_on_disk"] = static_cast<double>(std::filesystem::file_size(scratch()));
  std::filesystem::remove(scratch());
}

void read_mask_file(benchmark::State& state) {
  write_mask(scratch(), clip_mask());
  for (auto _ : state) benchmark::DoNotOptimize(read_mask(scratch()));
  std::filesystem::remove(scratch());
}

void polygon_coefficients(benchmark::State& state) {
  const Design clip = bench::metal_clip();
  for (auto _ : state)
    benchmark::DoNotOptimize(polygon_spectrum(clip.polygons, {0, 0, 2048, 2048}, 17, 17));
  state.counters["polygons"] = static_cast<double>(clip.polygons.size());
}

void sha256(benchmark::State& state) {
  const std::vector<std::byte> bytes(16 << 20, std::byte{7});
  for (auto _ : state) {
    Sha256 hash;
    hash.add(bytes);
    benchmark::DoNotOptimize(hash.finish());
  }
  state.counters["bytes"] = static_cast<double>(bytes.size());
}

BENCHMARK(write_mask_file)->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly();
BENCHMARK(read_mask_file)->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly();
BENCHMARK(polygon_coefficients)
    ->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly();
BENCHMARK(sha256)->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly();

}  // namespace
}  // namespace reticle

BENCHMARK_MAIN();
