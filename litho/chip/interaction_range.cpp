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

// A transform's matrix: cos and sin of 2 pi j m / n for m = 0..half and the points j asked for.
struct Waves {
  Waves(int half, int n, const std::vector<int>& points) {
    for (int m = 0; m <= half; ++m)
      for (const int j : points) {
        const double angle = 2.0 * std::numbers::pi * j * m / n;
        cos.push_back(std::cos(angle));
        sin.push_back(std::sin(angle));
      }
  }
  std::vector<double> cos, sin;  // [m][point]
};

// A line gains two orders m and -m: a cos + b i sin times their sum and difference.
void add_waves(std::complex<double> sum, std::complex<double> difference, const double* cos, const double* sin, int n, double* re,
               double* im) {
  for (int j = 0; j < n; ++j) {
    re[j] += sum.real() * cos[j] - difference.imag() * sin[j];
    im[j] += sum.imag() * cos[j] + difference.real() * sin[j];
  }
}

// The line of the orders around the middle one.
void transform(const std::complex<double>* middle, int half, const Waves& waves, int n, double* re, double* im) {
  std::fill_n(re, n, middle->real());
  std::fill_n(im, n, middle->imag());
  for (int m = 1; m <= half; ++m) {
    const std::complex<double> up = middle[m], down = middle[-m];
    add_waves(up + down, up - down, &waves.cos[static_cast<std::size_t>(m) * n], &waves.sin[static_cast<std::size_t>(m) * n], n, re, im);
  }
}

// Energy at points of n x n of one period, those given along x and along y, [x][y].
std::vector<double> energy_density(const SocsKernels& kernels, int n, const std::vector<int>& points) {
  const Waves along_x(kernels.half_x, n, points), along_y(kernels.half_y, n, points);
  const int rows = kernels.rows(), cols = kernels.cols(), count = static_cast<int>(points.size());
  const std::size_t line = points.size();
  std::vector<double> energy(line * line), re(line), im(line);
  std::vector<std::complex<double>> columns(line * static_cast<std::size_t>(rows));  // [x][order along y]
  for (int k = 0; k < kernels.count(); ++k) {
    const std::complex<double>* h = kernels.kernel(k);
    for (int m = 0; m < rows; ++m) {
      transform(h + m * cols + kernels.half_x, kernels.half_x, along_x, count, re.data(), im.data());
      for (std::size_t x = 0; x < line; ++x) columns[x * static_cast<std::size_t>(rows) + static_cast<std::size_t>(m)] = {re[x], im[x]};
    }
    for (std::size_t x = 0; x < line; ++x) {
      transform(&columns[x * static_cast<std::size_t>(rows) + static_cast<std::size_t>(kernels.half_y)], kernels.half_y, along_y, count,
                re.data(), im.data());
      for (std::size_t y = 0; y < line; ++y)
        energy[x * line + y] += kernels.weights[static_cast<std::size_t>(k)] * (re[y] * re[y] + im[y] * im[y]);
    }
  }
  return energy;
}

// Of all n x n points, by Parseval's theorem.
double total_energy(const SocsKernels& kernels, int n) {
  double total = 0.0;
  for (int k = 0; k < kernels.count(); ++k) {
    const std::complex<double>* h = kernels.kernel(k);
    double sum = 0.0;
    for (int i = 0; i < kernels.rows() * kernels.cols(); ++i) sum += std::norm(h[i]);
    total += kernels.weights[static_cast<std::size_t>(k)] * sum;
  }
  return total * n * n;
}

// Looks at squares around the middle, each twice as wide, until one holds a disc with all but the fraction: a period may be
// many ranges.
double range_of(const SocsKernels& kernels, const OpticalModel& model, double fraction) {
  const int n = 4 * std::max(kernels.half_x, kernels.half_y) + 2;  // beyond what |h|^2 oscillates at
  const double within = (1.0 - fraction) * total_energy(kernels, n);
  struct Sample {
    double radius, energy;
  };
  for (int reach = (n + 15) / 16;; reach *= 2) {
    const bool all = 2 * reach + 1 >= n;
    std::vector<int> points;
    for (int j = 0; j < n; ++j)
      if (all || std::min(j, n - j) <= reach) points.push_back(j);
    const std::vector<double> energy = energy_density(kernels, n, points);
    const double complete = reach * std::min(model.period_x_nm, model.period_y_nm) / n;
    std::vector<Sample> samples;
    for (std::size_t x = 0; x < points.size(); ++x)
      for (std::size_t y = 0; y < points.size(); ++y) {
        const double dx = std::min(points[x], n - points[x]) * model.period_x_nm / n;
        const double dy = std::min(points[y], n - points[y]) * model.period_y_nm / n;
        const double radius = std::hypot(dx, dy);
        if (all || radius <= complete) samples.push_back({radius, energy[x * points.size() + y]});
      }
    std::stable_sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) { return a.radius < b.radius; });
    double sum = 0.0;
    for (const Sample& sample : samples) {
      sum += sample.energy;
      if (sum >= within) return sample.radius;
    }
    if (all) return samples.back().radius;
  }
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
