// SPDX-License-Identifier: Apache-2.0
// One aerial image of a 2048 nm clip: the naive method (24 full-size FFTs, planned) against the band.
// Prints the largest difference between the two in units of clear field.
#include <benchmark/benchmark.h>
#include <fftw3.h>

#include <complex>
#include <cstdio>
#include <cstring>

#include "bench/synthetic.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/simulator.h"

namespace reticle {
namespace {

constexpr int k_size = 2048;

const OpticalModel& model() {
  static const OpticalModel value = bench::contest_sized_model();
  return value;
}
const Design& clip() {
  static const Design value = bench::metal_clip();
  return value;
}
const Image<float>& mask() {
  static const Image<float> value =
      rasterize(clip().polygons, {.rows = k_size, .cols = k_size, .pixel_nm = 1.0});
  return value;
}

// I = sum_k w_k |IFFT(H_k FFT(M))|^2 on the pixel grid, plans made once with FFTW_MEASURE.
class NaiveImaging {
 public:
  NaiveImaging()
      : spectrum_(fftwf_alloc_complex(k_points)), field_(fftwf_alloc_complex(k_points)) {
    forward_ = fftwf_plan_dft_2d(k_size, k_size, field_, spectrum_, FFTW_FORWARD, FFTW_MEASURE);
    backward_ = fftwf_plan_dft_2d(k_size, k_size, field_, field_, FFTW_BACKWARD, FFTW_MEASURE);
  }
  ~NaiveImaging() {
    fftwf_destroy_plan(forward_);
    fftwf_destroy_plan(backward_);
    fftwf_free(spectrum_);
    fftwf_free(field_);
  }
  NaiveImaging(const NaiveImaging&) = delete;
  NaiveImaging& operator=(const NaiveImaging&) = delete;

  void image(const Image<float>& pixels, const SocsKernels& kernels, Image<float>& intensity) {
    for (std::size_t i = 0; i < k_points; ++i) field_[i][0] = pixels.data()[i], field_[i][1] = 0;
    fftwf_execute(forward_);
    std::fill(intensity.begin(), intensity.end(), 0.0f);
    for (int k = 0; k < kernels.count(); ++k) {
      std::memset(field_, 0, k_points * sizeof(fftwf_complex));
      for (int n = -kernels.half_y; n <= kernels.half_y; ++n)
        for (int m = -kernels.half_x; m <= kernels.half_x; ++m) {
          const std::size_t i = static_cast<std::size_t>((n + k_size) % k_size) * k_size +
                                static_cast<std::size_t>((m + k_size) % k_size);
          const auto h = kernels.kernel(k)[(n + kernels.half_y) * kernels.cols() + m + kernels.half_x];
          const auto e = std::complex<float>(h) * std::complex<float>(spectrum_[i][0], spectrum_[i][1]);
          field_[i][0] = e.real();
          field_[i][1] = e.imag();
        }
      fftwf_execute(backward_);
      const float weight = static_cast<float>(kernels.weights[static_cast<std::size_t>(k)] /
                                              (static_cast<double>(k_points) * k_points));
      float* out = intensity.data();
      for (std::size_t i = 0; i < k_points; ++i)
        out[i] += weight * (field_[i][0] * field_[i][0] + field_[i][1] * field_[i][1]);
    }
  }

 private:
  static constexpr std::size_t k_points = static_cast<std::size_t>(k_size) * k_size;
  fftwf_complex *spectrum_, *field_;
  fftwf_plan forward_, backward_;
};

void naive_pixels_to_1nm(benchmark::State& state) {
  NaiveImaging naive;
  Image<float> intensity(k_size, k_size);
  for (auto _ : state) {
    naive.image(mask(), model().conditions[0], intensity);
    benchmark::DoNotOptimize(intensity.data());
  }
  Simulator<float> simulator(model());
  const Image<float> fast = simulator.image(
      simulator.intensity_spectrum(simulator.mask_spectrum(mask().view()), 0), k_size, k_size);
  const Spectrum<float> clear = [&] {
    Spectrum<float> open(simulator.half_x(), simulator.half_y());
    open.at(0, 0) = 1.0f;
    return simulator.intensity_spectrum(open, 0);
  }();
  double difference = 0.0;
  for (std::size_t i = 0; i < fast.size(); ++i)
    difference = std::max(difference, std::abs(static_cast<double>(fast.data()[i]) - intensity.data()[i]));
  state.counters["max_diff_of_clear_field"] = difference / clear.at(0, 0).real();
}

void band_pixels_to_1nm(benchmark::State& state) {
  Simulator<float> simulator(model());
  Image<float> image(k_size, k_size);
  for (auto _ : state) {
    simulator.image(simulator.intensity_spectrum(simulator.mask_spectrum(mask().view()), 0), image.view());
    benchmark::DoNotOptimize(image.data());
  }
}

void band_polygons(benchmark::State& state) {
  Simulator<float> simulator(model());
  const int size = k_size / static_cast<int>(state.range(0));
  Image<float> image(size, size);
  for (auto _ : state) {
    const auto spectrum = simulator.mask_spectrum(clip().polygons, clip().window);
    simulator.image(simulator.intensity_spectrum(spectrum, 0), image.view());
    benchmark::DoNotOptimize(image.data());
  }
  state.counters["polygons"] = static_cast<double>(clip().polygons.size());
}

void polygon_coefficients(benchmark::State& state) {
  Simulator<float> simulator(model());
  for (auto _ : state)
    benchmark::DoNotOptimize(simulator.mask_spectrum(clip().polygons, clip().window));
}

BENCHMARK(naive_pixels_to_1nm)->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly();
BENCHMARK(band_pixels_to_1nm)->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly();
BENCHMARK(band_polygons)->ArgName("pixel_nm")->Arg(1)->Arg(8)->Unit(benchmark::kMillisecond)
    ->Repetitions(5)->ReportAggregatesOnly();
BENCHMARK(polygon_coefficients)->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly();

}  // namespace
}  // namespace reticle

BENCHMARK_MAIN();
