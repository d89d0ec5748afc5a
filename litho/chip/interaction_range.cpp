// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/interaction_range.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>
#include <vector>

#include "kernels/base/error.h"

namespace reticle {

namespace {

// A transform's matrix: cos and sin of 2 pi j m / n for m = -half..half, j = 0..n-1.
struct Waves {
  Waves(int half, int n) {
    for (int m = -half; m <= half; ++m)
      for (int j = 0; j < n; ++j) {
        const double angle = 2.0 * std::numbers::pi * j * m / n;
        cos.push_back(std::cos(angle));
        sin.push_back(std::sin(angle));
      }
  }
  std::vector<double> cos, sin;  // [m][j]
};

// A complex line: sum += factor * wave.
void add_wave(std::complex<double> factor, const double* cos, const double* sin, int n, double* re, double* im) {
  const double a = factor.real(), b = factor.imag();
  for (int j = 0; j < n; ++j) {
    re[j] += a * cos[j] - b * sin[j];
    im[j] += a * sin[j] + b * cos[j];
  }
}

// Energy at n x n points of one period, [y][x].
std::vector<double> energy_density(const SocsKernels& kernels, int n) {
  const Waves along_x(kernels.half_x, n), along_y(kernels.half_y, n);
  const int rows = kernels.rows(), cols = kernels.cols();
  const std::size_t line = static_cast<std::size_t>(n);
  std::vector<double> energy(line * line), re(line * static_cast<std::size_t>(rows)), im(re.size()), field_re(line), field_im(line);
  for (int k = 0; k < kernels.count(); ++k) {
    const std::complex<double>* h = kernels.kernel(k);
    std::fill(re.begin(), re.end(), 0.0);
    std::fill(im.begin(), im.end(), 0.0);
    for (int y = 0; y < rows; ++y)
      for (int m = 0; m < cols; ++m)
        add_wave(h[y * cols + m], &along_x.cos[static_cast<std::size_t>(m) * line], &along_x.sin[static_cast<std::size_t>(m) * line], n,
                 &re[static_cast<std::size_t>(y) * line], &im[static_cast<std::size_t>(y) * line]);
    for (std::size_t y = 0; y < line; ++y) {
      std::fill(field_re.begin(), field_re.end(), 0.0);
      std::fill(field_im.begin(), field_im.end(), 0.0);
      for (std::size_t m = 0; m < static_cast<std::size_t>(rows); ++m)
        add_wave({along_y.cos[m * line + y], along_y.sin[m * line + y]}, &re[m * line], &im[m * line], n, field_re.data(), field_im.data());
      for (std::size_t x = 0; x < line; ++x)
        energy[y * line + x] += kernels.weights[static_cast<std::size_t>(k)] * (field_re[x] * field_re[x] + field_im[x] * field_im[x]);
    }
  }
  return energy;
}

double range_of(const SocsKernels& kernels, const OpticalModel& model, double fraction) {
  const int n = 4 * std::max(kernels.half_x, kernels.half_y) + 2;  // beyond what |h|^2 oscillates at
  const std::vector<double> energy = energy_density(kernels, n);
  struct Sample {
    double radius, energy;
  };
  std::vector<Sample> samples;
  double total = 0.0;
  for (int y = 0; y < n; ++y)
    for (int x = 0; x < n; ++x) {
      const double dx = std::min(x, n - x) * model.period_x_nm / n;
      const double dy = std::min(y, n - y) * model.period_y_nm / n;
      samples.push_back({std::hypot(dx, dy), energy[static_cast<std::size_t>(y) * n + x]});
      total += samples.back().energy;
    }
  std::stable_sort(samples.begin(), samples.end(),
                   [](const Sample& a, const Sample& b) { return a.radius > b.radius; });
  double beyond = 0.0;
  for (const Sample& sample : samples) {
    beyond += sample.energy;
    if (beyond > fraction * total) return sample.radius;
  }
  return 0.0;
}

}  // namespace

double interaction_range(const OpticalModel& model, double fraction) {
  if (!(fraction > 0.0 && fraction < 1.0))
    throw Error(ErrorCode::invalid_argument, "interaction_range: a fraction of the energy of " +
                                                 std::to_string(fraction) +
                                                 " makes no sense; give one between 0 and 1");
  double range = 0.0;
  for (const SocsKernels& kernels : model.conditions)
    range = std::max(range, range_of(kernels, model, fraction));
  return std::min(range, 0.5 * std::min(model.period_x_nm, model.period_y_nm));
}

}  // namespace reticle
