// SPDX-License-Identifier: Apache-2.0
// Upright edges' part of Fourier coefficients (polygon_spectrum.h): a product of a factor of m and one of n.
#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <vector>

namespace reticle {

// exp(-2 pi i order u) for orders 0..half, by products, which drift by about 1e-16 a step: no matter for the few
// hundred orders of a band.
inline void fill_phases(double u, int half, std::vector<std::complex<double>>& phases) {
  const double angle = -2.0 * std::numbers::pi * (u - std::round(u));
  const double c = std::cos(angle), s = std::sin(angle);
  double re = 1.0, im = 0.0;
  for (int i = 0; i <= half; ++i) {
    phases[static_cast<std::size_t>(i)] = {re, im};
    const double next = re * c - im * s;
    im = re * s + im * c;
    re = next;
  }
}

// Orders m = 1..half_x, n = -half_y..half_y, in separate arrays of real and imaginary parts.
template <class T>
class UprightEdges {
 public:
  UprightEdges(int half_x, int half_y)
      : half_x_(half_x), half_y_(half_y), width_((half_x + 7) / 8 * 8),
        re_(static_cast<std::size_t>(width_) * (2 * half_y + 1)), im_(re_.size()),
        x_re_(static_cast<std::size_t>(width_)), x_im_(x_re_.size()),
        x_(static_cast<std::size_t>(half_x) + 1), y0_(static_cast<std::size_t>(half_y) + 1),
        y1_(y0_.size()) {}

  // At x = u from v0 to v1, in units of the period; adds dv mean exp(-2 pi i (m u + n v)).
  void add(double u, double v0, double v1, double sign = 1.0) {
    fill_phases(u, half_x_, x_);
    fill_phases(v0, half_y_, y0_);
    fill_phases(v1, half_y_, y1_);
    for (int m = 1; m <= half_x_; ++m) {
      x_re_[static_cast<std::size_t>(m - 1)] = static_cast<T>(x_[static_cast<std::size_t>(m)].real());
      x_im_[static_cast<std::size_t>(m - 1)] = static_cast<T>(x_[static_cast<std::size_t>(m)].imag());
    }
    for (int n = 0; n <= half_y_; ++n) {
      const std::size_t i = static_cast<std::size_t>(n);
      // / (-2 pi i n), without the care that division of complex numbers takes for infinities.
      const double part = 0.5 * std::numbers::inv_pi / std::max(n, 1);
      const std::complex<double> line = n == 0 ? std::complex<double>(v1 - v0, 0.0)
                                  : std::complex<double>(part * (y0_[i].imag() - y1_[i].imag()), part * (y1_[i].real() - y0_[i].real()));
      add_row(n, sign * line);
      if (n > 0) add_row(-n, sign * std::conj(line));
    }
  }

  std::complex<double> at(int m, int n) const {
    const std::size_t i = static_cast<std::size_t>(n + half_y_) * width_ + static_cast<std::size_t>(m - 1);
    return {re_[i], im_[i]};
  }

 private:
  void add_row(int n, std::complex<double> line) {
    const T a = static_cast<T>(line.real()), b = static_cast<T>(line.imag());
    T* re = re_.data() + static_cast<std::size_t>(n + half_y_) * width_;
    T* im = im_.data() + static_cast<std::size_t>(n + half_y_) * width_;
    const T *xr = x_re_.data(), *xi = x_im_.data();
    for (int m = 0; m < width_; ++m) {
      re[m] += a * xr[m] - b * xi[m];
      im[m] += a * xi[m] + b * xr[m];
    }
  }

  int half_x_, half_y_, width_;
  std::vector<T> re_, im_, x_re_, x_im_;
  std::vector<std::complex<double>> x_, y0_, y1_;
};

}  // namespace reticle
