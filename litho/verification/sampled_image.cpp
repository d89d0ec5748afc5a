// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/sampled_image.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace reticle {

namespace {

constexpr int k_points = 6;
constexpr int k_lanes = 8;   // of the points, two of which weigh nothing
constexpr int k_first = -2;  // of the points, relative to the sample below
constexpr int k_samples_per_wave = 14;

using Lanes = std::array<double, k_lanes>;

// 1 / prod_{j != k} (k - j) of points 0..5.
constexpr std::array<double, k_points> k_scale = {-1.0 / 120, 1.0 / 24, -1.0 / 12, 1.0 / 12, -1.0 / 24, 1.0 / 120};

// Lagrange's polynomials of the points at a part of the way to the next sample, and their slopes.
struct Weights {
  Lanes values{}, slopes{};

  explicit Weights(double part) {
    std::array<double, k_points + 1> before, after;  // products of the factors before and after a point
    std::array<double, k_points + 1> before_slope, after_slope;
    before[0] = after[k_points] = 1.0;
    before_slope[0] = after_slope[k_points] = 0.0;
    for (int k = 0; k < k_points; ++k) {
      const double factor = part - k_first - k;
      before[k + 1] = before[k] * factor, before_slope[k + 1] = before_slope[k] * factor + before[k];
    }
    for (int k = k_points; k > 0; --k) {
      const double factor = part - k_first - k + 1;
      after[k - 1] = after[k] * factor, after_slope[k - 1] = after_slope[k] * factor + after[k];
    }
    for (int k = 0; k < k_points; ++k) {
      values[k] = k_scale[k] * before[k] * after[k + 1];
      slopes[k] = k_scale[k] * (before_slope[k] * after[k + 1] + before[k] * after_slope[k + 1]);
    }
  }
};

struct Position {
  int below;
  double part;
};

Position position(double at, int count) {
  at = std::clamp(at, -0.5, count - 0.5);
  const double below = std::floor(at);
  return {static_cast<int>(below), at - below};
}

// The samples' rows around a place from the first column needed on; at the border, copies that go on as the outermost are.
class Rows {
 public:
  Rows(const Image<float>& samples, int x_below, int y_below) {
    const int x = x_below + k_first, y = y_below + k_first;
    const bool whole = x >= 0 && x + k_lanes <= samples.cols();
    for (int j = 0; j < k_points; ++j) {
      const float* row = samples.row(std::clamp(y + j, 0, samples.rows() - 1));
      if (whole) {
        rows_[j] = row + x;
        continue;
      }
      for (int i = 0; i < k_lanes; ++i) copies_[j][i] = row[std::clamp(x + i, 0, samples.cols() - 1)];
      rows_[j] = copies_[j].data();
    }
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  // Weighted sums of the columns.
  Lanes columns(const Lanes& weights) const {
    Lanes sums{};
    for (int j = 0; j < k_points; ++j)
      for (int i = 0; i < k_lanes; ++i) sums[i] += weights[j] * static_cast<double>(rows_[j][i]);
    return sums;
  }

 private:
  std::array<const float*, k_points> rows_;
  std::array<std::array<float, k_lanes>, k_points> copies_;
};

double dot(const Lanes& a, const Lanes& b) {
  double sum = 0.0;
  for (int i = 0; i < k_points; ++i) sum += a[i] * b[i];
  return sum;
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
  return dot(Rows(samples_, x.below, y.below).columns(Weights(y.part).values), Weights(x.part).values);
}

ValueAndSlope SampledImage::value_and_slope(Point point) const {
  const Position x = position((point.x - first_.x) / pitch_.x, cols());
  const Position y = position((point.y - first_.y) / pitch_.y, rows());
  const Weights wx(x.part), wy(y.part);
  const Rows rows(samples_, x.below, y.below);
  const Lanes across = rows.columns(wy.values);
  return {dot(across, wx.values),
          {dot(across, wx.slopes) / pitch_.x, dot(rows.columns(wy.slopes), wx.values) / pitch_.y}};
}

double SampledImage::along_row(int y, int x, double part) const {
  const Lanes w = Weights(part).values;
  const float* row = samples_.row(y);
  double total = 0.0;
  for (int i = 0; i < k_points; ++i)
    total += w[i] * static_cast<double>(row[std::clamp(x + k_first + i, 0, cols() - 1)]);
  return total;
}

double SampledImage::along_column(int y, int x, double part) const {
  const Lanes w = Weights(part).values;
  double total = 0.0;
  for (int i = 0; i < k_points; ++i)
    total += w[i] * static_cast<double>(samples_(std::clamp(y + k_first + i, 0, rows() - 1), x));
  return total;
}

}  // namespace reticle
