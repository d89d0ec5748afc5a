// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/interaction_range.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "kernels/base/error.h"

namespace reticle {

namespace {

using Complex = std::complex<double>;

// exp(2 pi i j m / n) for m = -half..half, j = 0..n-1, [j][m].
std::vector<Complex> waves(int half, int n) {
  std::vector<Complex> out;
  for (int j = 0; j < n; ++j)
    for (int m = -half; m <= half; ++m)
      out.push_back(std::polar(1.0, 2.0 * std::numbers::pi * j * m / n));
  return out;
}

// Energy at n x n points of one period, [y][x].
std::vector<double> energy_density(const SocsKernels& kernels, int n) {
  const auto along_x = waves(kernels.half_x, n), along_y = waves(kernels.half_y, n);
  const int rows = kernels.rows(), cols = kernels.cols();
  std::vector<double> energy(static_cast<std::size_t>(n) * n);
  std::vector<Complex> partial(static_cast<std::size_t>(rows) * n);
  for (int k = 0; k < kernels.count(); ++k) {
    const Complex* h = kernels.kernel(k);
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < n; ++x) {
        Complex sum = 0.0;
        for (int m = 0; m < cols; ++m) sum += h[y * cols + m] * along_x[x * cols + m];
        partial[static_cast<std::size_t>(y) * n + x] = sum;
      }
    for (int y = 0; y < n; ++y)
      for (int x = 0; x < n; ++x) {
        Complex sum = 0.0;
        for (int m = 0; m < rows; ++m)
          sum += partial[static_cast<std::size_t>(m) * n + x] * along_y[y * rows + m];
        energy[static_cast<std::size_t>(y) * n + x] +=
            kernels.weights[static_cast<std::size_t>(k)] * std::norm(sum);
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
