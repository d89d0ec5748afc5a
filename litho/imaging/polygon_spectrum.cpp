// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/polygon_spectrum.h"

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "litho/imaging/upright_edges.h"

namespace reticle {

namespace {

using Complex = std::complex<double>;

double signed_area(const Polygon& polygon) {
  double twice = 0.0;
  for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++)
    twice += polygon[j].x * polygon[i].y - polygon[i].x * polygon[j].y;
  return 0.5 * twice;
}

// (exp(-i b) - exp(-i a)) / (-i (b - a)), the mean of exp(-i t) between a and b, given the two ends
// and half the difference.
Complex mean_phase(Complex begin, Complex end, Complex middle, double half_difference) {
  if (std::abs(half_difference) > 0.1) {
    const double part = 0.5 / half_difference;  // times i
    return {part * (begin.imag() - end.imag()), part * (end.real() - begin.real())};
  }
  const double s = half_difference * half_difference;
  return middle * (1.0 - s / 6.0 * (1.0 - s / 20.0 * (1.0 - s / 42.0 * (1.0 - s / 72.0))));
}

struct Corner {
  std::vector<Complex> x, y;  // exp(-2 pi i m x / px), exp(-2 pi i n y / py)
  Complex at_y(int n) const {
    return n < 0 ? std::conj(y[static_cast<std::size_t>(-n)]) : y[static_cast<std::size_t>(n)];
  }
};

// Without the care that the language's own takes for infinities.
Complex product(Complex a, Complex b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

Corner corner_phases(double u, double v, int half_x, int half_y) {
  Corner corner{std::vector<Complex>(static_cast<std::size_t>(half_x) + 1),
                std::vector<Complex>(static_cast<std::size_t>(half_y) + 1)};
  fill_phases(u, half_x, corner.x);
  fill_phases(v, half_y, corner.y);
  return corner;
}

// 1 / (-2 pi i order)
Complex divisor(int order) { return {0.0, 0.5 * std::numbers::inv_pi / order}; }

// Of a slanted edge, in units of the period: dv times its mean phase at the orders m = 1..half_x, n = -half_y..half_y.
void add_slanted(Point a, Point b, double sign, Spectrum<double>& lines) {
  const int half_x = lines.half_x(), half_y = lines.half_y();
  const double du = b.x - a.x, dv = b.y - a.y;
  const Corner begin = corner_phases(a.x, a.y, half_x, half_y);
  const Corner end = corner_phases(b.x, b.y, half_x, half_y);
  const Corner middle = corner_phases(0.5 * (a.x + b.x), 0.5 * (a.y + b.y), half_x, half_y);
  for (int n = -half_y; n <= half_y; ++n) {
    const Complex y0 = begin.at_y(n), y1 = end.at_y(n), ym = middle.at_y(n);
    for (int m = 1; m <= half_x; ++m) {
      const std::size_t i = static_cast<std::size_t>(m);
      lines.at(m, n) += sign * dv * mean_phase(product(begin.x[i], y0), product(end.x[i], y1), product(middle.x[i], ym),
                                               std::numbers::pi * (m * du + n * dv));
    }
  }
}

// -du times the mean phase at the orders m = 0, n = 1..half_y.
void add_level(Point a, Point b, double sign, Spectrum<double>& lines) {
  const int half_y = lines.half_y();
  const double du = b.x - a.x, dv = b.y - a.y;
  const Corner begin = corner_phases(a.x, a.y, 0, half_y);
  const Corner end = corner_phases(b.x, b.y, 0, half_y);
  const Corner middle = corner_phases(0.5 * (a.x + b.x), 0.5 * (a.y + b.y), 0, half_y);
  for (int n = 1; n <= half_y; ++n)
    lines.at(0, n) -= sign * du * mean_phase(begin.at_y(n), end.at_y(n), middle.at_y(n), std::numbers::pi * n * dv);
}

}  // namespace

Spectrum<double> polygon_spectrum(std::span<const Polygon> polygons, const Box& field, int half_x,
                                  int half_y) {
  Spectrum<double> spectrum(half_x, half_y);  // of edges until each order is divided by what it is of all of them
  UprightEdges<double> upright(half_x, half_y);
  const double area = field.width() * field.height();
  for (const Polygon& polygon : polygons) {
    if (polygon.size() < 3) continue;
    const double own_area = signed_area(polygon);
    const double sign = own_area < 0.0 ? -1.0 : 1.0;
    spectrum.at(0, 0) += std::abs(own_area) / area;
    for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
      const auto relative = [&](Point p) {
        return Point{(p.x - field.x0) / field.width(), (p.y - field.y0) / field.height()};
      };
      const Point a = relative(polygon[j]), b = relative(polygon[i]);
      if (a.x == b.x && a.y == b.y) continue;
      if (a.x != b.x) add_level(a, b, sign, spectrum);
      if (a.x == b.x) upright.add(a.x, a.y, b.y, sign);
      else if (a.y != b.y) add_slanted(a, b, sign, spectrum);
    }
  }
  for (int n = -half_y; n <= half_y; ++n)
    for (int m = 1; m <= half_x; ++m) {
      const Complex c = product(spectrum.at(m, n) + upright.at(m, n), divisor(m));
      spectrum.at(m, n) = c;
      spectrum.at(-m, -n) = std::conj(c);
    }
  for (int n = 1; n <= half_y; ++n) {
    spectrum.at(0, n) = product(spectrum.at(0, n), divisor(n));
    spectrum.at(0, -n) = std::conj(spectrum.at(0, n));
  }
  return spectrum;
}

}  // namespace reticle
