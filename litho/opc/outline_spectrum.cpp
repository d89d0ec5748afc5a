// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/outline_spectrum.h"

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "litho/geometry/polygon_area.h"
#include "litho/imaging/polygon_spectrum.h"

namespace reticle {

namespace {

using Complex = std::complex<double>;

bool is_manhattan(const Polygon& ring) {
  for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
    if (ring[i].x != ring[j].x && ring[i].y != ring[j].y) return false;
  return true;
}

Complex unit(double turns) {
  const double angle = -2.0 * std::numbers::pi * (turns - std::round(turns));
  return {std::cos(angle), std::sin(angle)};
}

// Powers by products drift by about 1e-16 a step: no matter for the few hundred orders of a band.
void fill_powers(Complex base, int half, std::vector<Complex>& powers) {
  powers[0] = 1.0;
  for (int i = 1; i <= half; ++i)
    powers[static_cast<std::size_t>(i)] = powers[static_cast<std::size_t>(i) - 1] * base;
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
  void add(double u, double v0, double v1) {
    fill_powers(unit(u), half_x_, x_);
    fill_powers(unit(v0), half_y_, y0_);
    fill_powers(unit(v1), half_y_, y1_);
    for (int m = 1; m <= half_x_; ++m) {
      x_re_[static_cast<std::size_t>(m - 1)] = static_cast<T>(x_[static_cast<std::size_t>(m)].real());
      x_im_[static_cast<std::size_t>(m - 1)] = static_cast<T>(x_[static_cast<std::size_t>(m)].imag());
    }
    for (int n = 0; n <= half_y_; ++n) {
      const std::size_t i = static_cast<std::size_t>(n);
      const Complex line = n == 0 ? Complex(v1 - v0)
                                  : (y1_[i] - y0_[i]) / Complex(0.0, -2.0 * std::numbers::pi * n);
      add_row(n, line);
      if (n > 0) add_row(-n, std::conj(line));
    }
  }

  Complex at(int m, int n) const {
    const std::size_t i = static_cast<std::size_t>(n + half_y_) * width_ + static_cast<std::size_t>(m - 1);
    return {re_[i], im_[i]};
  }

 private:
  void add_row(int n, Complex line) {
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
  std::vector<Complex> x_, y0_, y1_;
};

}  // namespace

template <class T>
Spectrum<T> outline_spectrum(std::span<const Polygon> rings, const Box& field, int half_x, int half_y) {
  Spectrum<double> total(half_x, half_y);
  UprightEdges<T> upright(half_x, half_y);
  std::vector<Complex> level(static_cast<std::size_t>(half_y) + 1), phases(level.size());
  double area = 0.0;
  for (const Polygon& ring : rings) {
    if (ring.size() < 3) continue;
    if (!is_manhattan(ring)) {
      const Spectrum<double> slanted = polygon_spectrum({&ring, 1}, field, half_x, half_y);
      const double sign = signed_area(ring) < 0.0 ? -1.0 : 1.0;
      for (std::size_t i = 0; i < slanted.size(); ++i) total.data()[i] += sign * slanted.data()[i];
      continue;
    }
    area += signed_area(ring);
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
      const Point a{(ring[j].x - field.x0) / field.width(), (ring[j].y - field.y0) / field.height()};
      const Point b{(ring[i].x - field.x0) / field.width(), (ring[i].y - field.y0) / field.height()};
      if (a.y != b.y) {
        upright.add(a.x, a.y, b.y);
      } else if (a.x != b.x) {
        fill_powers(unit(a.y), half_y, phases);
        for (int n = 1; n <= half_y; ++n)
          level[static_cast<std::size_t>(n)] += (a.x - b.x) * phases[static_cast<std::size_t>(n)];
      }
    }
  }
  total.at(0, 0) += area / (field.width() * field.height());
  for (int n = 1; n <= half_y; ++n) {
    const Complex c = level[static_cast<std::size_t>(n)] / Complex(0.0, -2.0 * std::numbers::pi * n);
    total.at(0, n) += c;
    total.at(0, -n) += std::conj(c);
  }
  for (int n = -half_y; n <= half_y; ++n)
    for (int m = 1; m <= half_x; ++m) {
      const Complex c = upright.at(m, n) / Complex(0.0, -2.0 * std::numbers::pi * m);
      total.at(m, n) += c;
      total.at(-m, -n) += std::conj(c);
    }
  Spectrum<T> out(half_x, half_y);
  for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = std::complex<T>(total.data()[i]);
  return out;
}

template Spectrum<float> outline_spectrum(std::span<const Polygon>, const Box&, int, int);
template Spectrum<double> outline_spectrum(std::span<const Polygon>, const Box&, int, int);

}  // namespace reticle
