// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/grid_rows.h"

#include <cmath>
#include <numbers>

namespace reticle::cpu {

namespace {

// Modified Bessel function of order 0, by its series.
double bessel_i0(double x) {
  double sum = 1.0, term = 1.0;
  for (int k = 1; term > 1e-17 * sum; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

// Where the window's transform leaves the band free of what aliases into it; 0.96 of the rule's value errs least over the band.
double shape_of(double points_per_order) {
  return 0.96 * std::numbers::pi * k_grid_taps * (1.0 - 1.0 / (2.0 * points_per_order));
}

}  // namespace

GridRows::GridRows(int rows, int half, double offset)
    : fft_(half),
      weights_(static_cast<std::size_t>(rows) * k_grid_taps),
      orders_(2 * static_cast<std::size_t>(half) + 1) {
  const int points = fft_.length();
  const double shape = shape_of(points / (2.0 * half + 1.0));
  static_assert(k_grid_taps == k_lanes);
  AlignedVector<Lanes<double>> sums(static_cast<std::size_t>(half) + 1, Lanes<double>{});
  for (int j = 0; j < rows; ++j) {
    const double u = (j + offset) * points / rows;
    const int first = static_cast<int>(std::ceil(u - 0.5 * k_grid_taps));
    first_.push_back(first + k_beyond);
    double weights[k_grid_taps], total = 0.0;
    for (int k = 0; k < k_grid_taps; ++k) {
      const double t = (u - (first + k)) / (0.5 * k_grid_taps);
      total += weights[k] = bessel_i0(shape * std::sqrt(std::max(0.0, 1.0 - t * t)));
    }
    // Rows of one value keep it.
    for (int k = 0; k < k_grid_taps; ++k)
      weights_[static_cast<std::size_t>(j) * k_grid_taps + static_cast<std::size_t>(k)] = static_cast<float>(weights[k] /= total);
    // Real parts of sum_k w(u - k) exp(2 pi i n (k - u) / points), by the recurrence of cos(n t).
    Lanes<double> weight, twice_step, before, wave;
    for (int k = 0; k < k_grid_taps; ++k) {
      weight[k] = weights[k];
      before[k] = std::cos(2.0 * std::numbers::pi * (first + k - u) / points);
    }
    twice_step = 2.0 * before;
    wave = Lanes<double>{} + 1.0;
    for (Lanes<double>& sum : sums) {
      sum += weight * wave;
      const Lanes<double> next = twice_step * wave - before;
      before = wave;
      wave = next;
    }
  }
  for (const Lanes<double>& sum : sums) correction_.push_back(static_cast<float>(rows / sum_of_lanes<double>(sum)));
}

bool GridRows::are_cheaper(int rows, int half) {
  constexpr double k_per_point = 16.0;  // additions and products of an FFT of these lengths, measured in products of the sums
  return k_grid_taps + k_per_point * (4.0 * half + 1.0) / rows < 0.5 * half;
}

}  // namespace reticle::cpu
