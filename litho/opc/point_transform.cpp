// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/point_transform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "kernels/cpu/lane_fft.h"

namespace reticle {

namespace {

double oversampling(PointAccuracy accuracy) { return accuracy == PointAccuracy::full ? 2.0 : 1.5; }

int grid_points(int half, PointAccuracy accuracy) {
  return std::max(32, cpu::fast_fft_length(static_cast<int>(std::ceil(oversampling(accuracy) * (2 * half + 1)))));
}

// Of a window, which falls as fast as the grid's oversampling allows: 0.98 pi taps (1 - 1 / (2 oversampling)).
double decay_of(int taps, PointAccuracy accuracy) {
  return 0.98 * std::numbers::pi * taps * (1.0 - 0.5 / oversampling(accuracy));
}

// t in units of half the window's width.
double window(double t, double decay) {
  const double s = 1.0 - t * t;
  return s <= 0.0 ? 0.0 : std::exp(decay * (std::sqrt(s) - 1.0));
}

// 1 / Int window(2 t / taps) exp(-2 pi i m t / n) dt for m = -half..half, by the trapezoid rule in
// t = sin(theta), which is smooth at the window's ends.
template <class T>
std::vector<T> divisors(int half, int n, int taps, double decay) {
  constexpr int k_nodes = 400;
  struct Node {
    double t, weight, slope;
  };
  std::vector<Node> nodes;
  for (int i = 0; i < k_nodes; ++i) {
    const double theta = std::numbers::pi * ((i + 0.5) / k_nodes - 0.5), t = std::sin(theta);
    nodes.push_back({t, window(t, decay), std::cos(theta)});
  }
  std::vector<T> out(static_cast<std::size_t>(2 * half + 1));
  for (int m = 0; m <= half; ++m) {
    double sum = 0.0;
    for (const Node& node : nodes) sum += node.weight * std::cos(std::numbers::pi * m * taps * node.t / n) * node.slope;
    out[static_cast<std::size_t>(half + m)] = out[static_cast<std::size_t>(half - m)] =
        static_cast<T>(2.0 * k_nodes / (sum * std::numbers::pi * taps));
  }
  return out;
}

}  // namespace

template <class T>
PointTransform<T>::PointTransform(int half_x, int half_y, const Box& field, PointAccuracy accuracy)
    : half_x_(half_x),
      half_y_(half_y),
      field_(field),
      accuracy_(accuracy),
      taps_(sizeof(T) == sizeof(float) ? 7 : 13),
      decay_(decay_of(taps_, accuracy)),
      band_(grid_points(half_y, accuracy), grid_points(half_x, accuracy), half_x, half_y, cpu::Samples::at_corners),
      grid_(grid_points(half_y, accuracy), grid_points(half_x, accuracy)),
      padded_(grid_.rows(), grid_.cols() + k_stride),
      divide_x_(divisors<T>(half_x, grid_.cols(), taps_, decay_)),
      divide_y_(divisors<T>(half_y, grid_.rows(), taps_, decay_)) {}

template <class T>
PointWindows<T> PointTransform<T>::windows(std::span<const Point> points) const {
  PointWindows<T> out;
  out.along_x.reserve(points.size() * k_stride);
  out.along_y.reserve(points.size() * k_stride);
  const auto add = [this](double u, int n, std::vector<int>& first, std::vector<T>& weights) {
    const double at = (u - std::floor(u)) * n;
    const int begin = static_cast<int>(std::ceil(at - 0.5 * taps_));
    first.push_back((begin + n) % n);
    for (int i = 0; i < k_stride; ++i)
      weights.push_back(i < taps_ ? static_cast<T>(window(2.0 * (begin + i - at) / taps_, decay_)) : T(0));
  };
  for (const Point& p : points) {
    add((p.x - field_.x0) / field_.width(), grid_.cols(), out.first_x, out.along_x);
    add((p.y - field_.y0) / field_.height(), grid_.rows(), out.first_y, out.along_y);
  }
  return out;
}

template <class T>
std::vector<T> PointTransform<T>::values(const Spectrum<T>& spectrum, const PointWindows<T>& points) {
  Spectrum<T> divided(half_x_, half_y_);
  for (int n = -half_y_; n <= half_y_; ++n)
    for (int m = -half_x_; m <= half_x_; ++m)
      divided.at(m, n) = spectrum.at(m, n) * divide_x_[static_cast<std::size_t>(m + half_x_)] *
                         divide_y_[static_cast<std::size_t>(n + half_y_)];
  band_.synthesize(divided, grid_.view());
  const int rows = grid_.rows(), cols = grid_.cols();
  for (int y = 0; y < rows; ++y) {
    std::copy_n(grid_.row(y), cols, padded_.row(y));
    std::copy_n(grid_.row(y), k_stride, padded_.row(y) + cols);
  }
  std::vector<T> out(points.count());
  for (std::size_t p = 0; p < out.size(); ++p) {
    const T* wx = points.along_x.data() + p * k_stride;
    const T* wy = points.along_y.data() + p * k_stride;
    std::array<T, k_stride> sums{};
    for (int j = 0, y = points.first_y[p]; j < taps_; ++j, y = y + 1 == rows ? 0 : y + 1) {
      const T* row = padded_.row(y) + points.first_x[p];
      for (int i = 0; i < k_stride; ++i) sums[static_cast<std::size_t>(i)] += wy[j] * row[i];
    }
    T sum = 0;
    for (int i = 0; i < k_stride; ++i) sum += wx[i] * sums[static_cast<std::size_t>(i)];
    out[p] = sum;
  }
  return out;
}

template <class T>
Spectrum<T> PointTransform<T>::coefficients(std::span<const T> amounts, const PointWindows<T>& points) {
  std::fill(padded_.begin(), padded_.end(), T(0));
  const int rows = grid_.rows(), cols = grid_.cols();
  for (std::size_t p = 0; p < points.count(); ++p) {
    const T* wx = points.along_x.data() + p * k_stride;
    const T* wy = points.along_y.data() + p * k_stride;
    for (int j = 0, y = points.first_y[p]; j < taps_; ++j, y = y + 1 == rows ? 0 : y + 1) {
      T* row = padded_.row(y) + points.first_x[p];
      const T scaled = amounts[p] * wy[j];
      for (int i = 0; i < k_stride; ++i) row[i] += scaled * wx[i];
    }
  }
  for (int y = 0; y < rows; ++y) {
    std::copy_n(padded_.row(y), cols, grid_.row(y));
    for (int x = 0; x < k_stride; ++x) grid_(y, x) += padded_(y, cols + x);
  }
  Spectrum<T> out(half_x_, half_y_);
  band_.analyze(grid_.view(), out);
  const T size = static_cast<T>(grid_.size());
  for (int n = -half_y_; n <= half_y_; ++n)
    for (int m = -half_x_; m <= half_x_; ++m)
      out.at(m, n) *= size * divide_x_[static_cast<std::size_t>(m + half_x_)] *
                      divide_y_[static_cast<std::size_t>(n + half_y_)];
  return out;
}

template struct PointWindows<float>;
template struct PointWindows<double>;
template class PointTransform<float>;
template class PointTransform<double>;

}  // namespace reticle
