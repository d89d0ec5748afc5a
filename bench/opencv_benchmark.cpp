// SPDX-License-Identifier: Apache-2.0
// What one would take from OpenCV instead: polygons filled, 24 full-size FFTs for an image.
// One thread; the same clip and kernels as imaging_benchmark.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstring>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "bench/synthetic.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/simulator.h"

namespace reticle {
namespace {

constexpr int k_size = 2048;
const Grid k_grid{.rows = k_size, .cols = k_size, .pixel_nm = 1.0};

const Design& clip() {
  static const Design value = bench::metal_clip();
  return value;
}

double covered_nm2() {
  double area = 0.0;
  for (const Polygon& p : clip().polygons)
    for (std::size_t i = 0; i < p.size(); ++i) {
      const Point a = p[i], b = p[(i + 1) % p.size()];
      area += 0.5 * (a.x * b.y - b.x * a.y);
    }
  return std::abs(area);
}

// OpenCV draws a polygon's border too: a bar of 70 x 400 nm becomes 71 x 401 pixels.
void opencv_fill(benchmark::State& state) {
  std::vector<std::vector<cv::Point>> polygons;
  for (const Polygon& p : clip().polygons) {
    polygons.emplace_back();
    for (const Point& corner : p) polygons.back().emplace_back(static_cast<int>(corner.x), static_cast<int>(corner.y));
  }
  cv::Mat pixels;
  for (auto _ : state) {
    pixels = cv::Mat::zeros(k_size, k_size, CV_8U);
    for (const auto& polygon : polygons) cv::fillPoly(pixels, std::vector{polygon}, cv::Scalar(1));
    benchmark::DoNotOptimize(pixels.data);
  }
  state.counters["area_off_nm2"] = static_cast<double>(cv::countNonZero(pixels)) - covered_nm2();
}

void reticle_raster(benchmark::State& state) {
  Image<std::uint8_t> pixels;
  for (auto _ : state) {
    pixels = rasterize_binary(clip().polygons, k_grid);
    benchmark::DoNotOptimize(pixels.data());
  }
  double area = 0.0;
  for (const std::uint8_t pixel : pixels) area += pixel;
  state.counters["area_off_nm2"] = area - covered_nm2();
}

void opencv_naive_image(benchmark::State& state) {
  const OpticalModel model = bench::contest_sized_model();
  const SocsKernels& kernels = model.conditions[0];
  const Image<float> mask = rasterize(clip().polygons, k_grid);
  cv::Mat pixels(k_size, k_size, CV_32F), spectrum, field, intensity;
  std::memcpy(pixels.data, mask.data(), sizeof(float) * mask.size());
  for (auto _ : state) {
    cv::dft(pixels, spectrum, cv::DFT_COMPLEX_OUTPUT);
    intensity = cv::Mat::zeros(k_size, k_size, CV_32F);
    for (int k = 0; k < kernels.count(); ++k) {
      field = cv::Mat::zeros(k_size, k_size, CV_32FC2);
      for (int n = -kernels.half_y; n <= kernels.half_y; ++n)
        for (int m = -kernels.half_x; m <= kernels.half_x; ++m) {
          const int y = (n + k_size) % k_size, x = (m + k_size) % k_size;
          const auto c = spectrum.at<cv::Vec2f>(y, x);
          const auto e = std::complex<float>(kernels.kernel(k)[(n + kernels.half_y) * kernels.cols() + m + kernels.half_x]) *
                         std::complex<float>(c[0], c[1]);
          field.at<cv::Vec2f>(y, x) = {e.real(), e.imag()};
        }
      cv::dft(field, field, cv::DFT_INVERSE | cv::DFT_SCALE);
      const float weight = static_cast<float>(kernels.weights[static_cast<std::size_t>(k)]);
      const auto* e = field.ptr<cv::Vec2f>();
      auto* out = intensity.ptr<float>();
      for (int i = 0; i < k_size * k_size; ++i) out[i] += weight * (e[i][0] * e[i][0] + e[i][1] * e[i][1]);
    }
    benchmark::DoNotOptimize(intensity.data);
  }
  Simulator<float> simulator(model);
  const Image<float> band = simulator.image(simulator.intensity_spectrum(simulator.mask_spectrum(mask.view()), 0), k_size, k_size);
  const double clear = [&] {
    Spectrum<float> open(simulator.half_x(), simulator.half_y());
    open.at(0, 0) = 1.0f;
    return static_cast<double>(simulator.intensity_spectrum(open, 0).at(0, 0).real());
  }();
  double difference = 0.0;
  for (std::size_t i = 0; i < band.size(); ++i)
    difference = std::max(difference, std::abs(static_cast<double>(band.data()[i]) - intensity.ptr<float>()[i]));
  state.counters["max_diff_of_clear_field"] = difference / clear;
}

void each(benchmark::internal::Benchmark* entry) {
  entry->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly();
}

BENCHMARK(opencv_fill)->Apply(each);
BENCHMARK(reticle_raster)->Apply(each);
BENCHMARK(opencv_naive_image)->Unit(benchmark::kMillisecond)->Iterations(1);  // seconds

}  // namespace
}  // namespace reticle

int main(int argc, char** argv) {
  cv::setNumThreads(1);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
