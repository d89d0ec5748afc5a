// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/sampled_image.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace reticle {

namespace {

constexpr int k_points = LineOfImage::k_points;
constexpr int k_lanes = 8;   // of the points, two of which weigh nothing
constexpr int k_first = -2;  // of the points, relative to the sample below
constexpr int k_samples_per_wave = 14;

// Two halves, each a register.
typedef double Half __attribute__((vector_size(k_lanes / 2 * sizeof(double))));
struct Lanes {
  Half low{}, high{};
  Lanes times_plus(double factor, const Lanes& more) const { return {low * factor + more.low, high * factor + more.high}; }
};
Lanes operator*(const Lanes& lanes, double factor) { return {lanes.low * factor, lanes.high * factor}; }

// Lagrange's polynomials of the points, by powers of the part of the way to the next sample:
// prod_{j != k} (part - x_j) / (x_k - x_j), x_k = k_first + k.
constexpr std::array<std::array<double, k_lanes>, k_points> k_powers = [] {
  std::array<std::array<double, k_lanes>, k_points> powers{};
  for (int k = 0; k < k_points; ++k) {
    std::array<double, k_points + 1> product{1.0};
    double scale = 1.0;
    for (int j = 0, degree = 0; j < k_points; ++j) {
      if (j == k) continue;
      ++degree;
      for (int p = degree; p > 0; --p) product[p] = product[p - 1] - (k_first + j) * product[p];
      product[0] *= -(k_first + j);
      scale *= k - j;
    }
    for (int p = 0; p < k_points; ++p) powers[p][k] = product[p] / scale;
  }
  return powers;
}();

template <class T>
Half half_at(const T* numbers) {
  typedef T Four __attribute__((vector_size(k_lanes / 2 * sizeof(T))));
  Four four;
  std::memcpy(&four, numbers, sizeof four);
  return __builtin_convertvector(four, Half);
}
template <class T>
Lanes lanes_at(const T* numbers) {
  return {half_at(numbers), half_at(numbers + k_lanes / 2)};
}

// Their values at a part, and their slopes.
Lanes values_at(double part) {
  Lanes values = lanes_at(k_powers[k_points - 1].data());
  for (int p = k_points - 2; p >= 0; --p) values = values.times_plus(part, lanes_at(k_powers[p].data()));
  return values;
}
Lanes slopes_at(double part) {
  Lanes slopes = lanes_at(k_powers[k_points - 1].data()) * (k_points - 1.0);
  for (int p = k_points - 2; p > 0; --p) slopes = slopes.times_plus(part, lanes_at(k_powers[p].data()) * static_cast<double>(p));
  return slopes;
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
    std::array<double, k_lanes> weight;
    std::memcpy(weight.data(), &weights, sizeof weights);
    Lanes sums{};
    for (int j = 0; j < k_points; ++j) sums = lanes_at(rows_[j]).times_plus(weight[j], sums);
    return sums;
  }

 private:
  std::array<const float*, k_points> rows_;
  std::array<std::array<float, k_lanes>, k_points> copies_;
};

double dot(const Lanes& a, const Lanes& b) {  // b is 0 beyond the points
  const Half four = a.low * b.low + a.high * b.high;
  return (four[0] + four[2]) + (four[1] + four[3]);
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
  return dot(Rows(samples_, x.below, y.below).columns(values_at(y.part)), values_at(x.part));
}

ValueAndSlope SampledImage::value_and_slope(Point point) const {
  const Position x = position((point.x - first_.x) / pitch_.x, cols());
  const Position y = position((point.y - first_.y) / pitch_.y, rows());
  const Lanes along_x = values_at(x.part);
  const Rows rows(samples_, x.below, y.below);
  const Lanes across = rows.columns(values_at(y.part));
  return {dot(across, along_x),
          {dot(across, slopes_at(x.part)) / pitch_.x, dot(rows.columns(slopes_at(y.part)), along_x) / pitch_.y}};
}

LineOfImage::LineOfImage(const std::array<double, k_points>& samples) {
  for (int p = 0; p < k_points; ++p) {
    double sum = 0.0;
    for (int k = 0; k < k_points; ++k) sum += k_powers[p][k] * samples[k];
    powers_[p] = sum;
  }
}

LineOfImage SampledImage::along_row(int y, int x) const {
  const float* row = samples_.row(y);
  std::array<double, k_points> line;
  for (int i = 0; i < k_points; ++i) line[i] = static_cast<double>(row[std::clamp(x + k_first + i, 0, cols() - 1)]);
  return LineOfImage(line);
}

LineOfImage SampledImage::along_column(int y, int x) const {
  std::array<double, k_points> line;
  for (int i = 0; i < k_points; ++i) line[i] = static_cast<double>(samples_(std::clamp(y + k_first + i, 0, rows() - 1), x));
  return LineOfImage(line);
}

}  // namespace reticle
