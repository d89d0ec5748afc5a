// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/sampled_image.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace reticle {

namespace {

constexpr int k_points = 6;
constexpr int k_first = -2;  // of the points, relative to the sample below
constexpr int k_samples_per_wave = 14;

using Weights = std::array<double, k_points>;

// 1 / prod_{j != k} (k - j) of points 0..5.
constexpr Weights k_scale = {-1.0 / 120, 1.0 / 24, -1.0 / 12, 1.0 / 12, -1.0 / 24, 1.0 / 120};

Weights weights(double part) {
  std::array<double, k_points + 1> before, after;  // products of the factors before and after a point
  before[0] = after[k_points] = 1.0;
  for (int k = 0; k < k_points; ++k) before[k + 1] = before[k] * (part - k_first - k);
  for (int k = k_points; k > 0; --k) after[k - 1] = after[k] * (part - k_first - k + 1);
  Weights w;
  for (int k = 0; k < k_points; ++k) w[k] = k_scale[k] * before[k] * after[k + 1];
  return w;
}

// Derivative of weights() by part.
Weights slopes(double part) {
  Weights w{};
  for (int k = 0; k < k_points; ++k)
    for (int out = 0; out < k_points; ++out) {
      if (out == k) continue;
      double product = k_scale[k];
      for (int j = 0; j < k_points; ++j)
        if (j != k && j != out) product *= part - k_first - j;
      w[k] += product;
    }
  return w;
}

struct Position {
  int below;
  double part;
};

Position position(double at, int count) {
  at = std::clamp(at, -0.5, count - 0.5);
  const double below = std::floor(at);
  return {static_cast<int>(below), at - below};
}

double sum(const Image<float>& samples, const Position& x, const Position& y, const Weights& wx, const Weights& wy) {
  const int rows = samples.rows(), cols = samples.cols();
  double total = 0.0;
  const bool inside = x.below + k_first >= 0 && x.below + k_first + k_points <= cols;
  for (int j = 0; j < k_points; ++j) {
    const float* row = samples.row(std::clamp(y.below + k_first + j, 0, rows - 1));
    double in_row = 0.0;
    if (inside) {
      const float* from = row + x.below + k_first;
      for (int i = 0; i < k_points; ++i) in_row += wx[i] * static_cast<double>(from[i]);
    } else {
      for (int i = 0; i < k_points; ++i)
        in_row += wx[i] * static_cast<double>(row[std::clamp(x.below + k_first + i, 0, cols - 1)]);
    }
    total += wy[j] * in_row;
  }
  return total;
}

bool is_fast(int n) {
  for (const int factor : {2, 3, 5})
    while (n % factor == 0) n /= factor;
  return n == 1;
}

}  // namespace

int samples_per_side(int half) {
  int count = std::max(16, k_samples_per_wave * half);
  while (count % 2 != 0 || !is_fast(count)) ++count;
  return count;
}

double SampledImage::value(Point point) const {
  const Position x = position((point.x - first_.x) / pitch_.x, cols());
  const Position y = position((point.y - first_.y) / pitch_.y, rows());
  return sum(samples_, x, y, weights(x.part), weights(y.part));
}

Point SampledImage::gradient(Point point) const {
  const Position x = position((point.x - first_.x) / pitch_.x, cols());
  const Position y = position((point.y - first_.y) / pitch_.y, rows());
  const Weights wx = weights(x.part), wy = weights(y.part);
  return {sum(samples_, x, y, slopes(x.part), wy) / pitch_.x,
          sum(samples_, x, y, wx, slopes(y.part)) / pitch_.y};
}

double SampledImage::along_row(int y, int x, double part) const {
  const Weights w = weights(part);
  const float* row = samples_.row(y);
  double total = 0.0;
  for (int i = 0; i < k_points; ++i)
    total += w[i] * static_cast<double>(row[std::clamp(x + k_first + i, 0, cols() - 1)]);
  return total;
}

double SampledImage::along_column(int y, int x, double part) const {
  const Weights w = weights(part);
  double total = 0.0;
  for (int i = 0; i < k_points; ++i)
    total += w[i] * static_cast<double>(samples_(std::clamp(y + k_first + i, 0, rows() - 1), x));
  return total;
}

}  // namespace reticle
