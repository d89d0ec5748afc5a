// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/polygon_spectrum.h"

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

namespace reticle {

namespace {

using Complex = std::complex<double>;

double signed_area(const Polygon& polygon) {
  double twice = 0.0;
  for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++)
    twice += polygon[j].x * polygon[i].y - polygon[i].x * polygon[j].y;
  return 0.5 * twice;
}

// exp(-2 pi i order u) for orders 0..half, each from its own reduced angle.
void fill_phases(double u, int half, Complex* phases) {
  for (int order = 0; order <= half; ++order) {
    const double turns = order * u;
    const double angle = -2.0 * std::numbers::pi * (turns - std::round(turns));
    phases[order] = {std::cos(angle), std::sin(angle)};
  }
}

// (exp(-i b) - exp(-i a)) / (-i (b - a)), the mean of exp(-i t) between a and b, given the two ends
// and half the difference.
Complex mean_phase(Complex begin, Complex end, Complex middle, double half_difference) {
  if (std::abs(half_difference) > 0.1)
    return (end - begin) / Complex(0.0, -2.0 * half_difference);
  const double s = half_difference * half_difference;
  return middle * (1.0 - s / 6.0 * (1.0 - s / 20.0 * (1.0 - s / 42.0 * (1.0 - s / 72.0))));
}

struct Corner {
  std::vector<Complex> x, y;  // exp(-2 pi i m x / px), exp(-2 pi i n y / py)
};

Corner corner_phases(double u, double v, int half_x, int half_y) {
  Corner corner{std::vector<Complex>(static_cast<std::size_t>(half_x) + 1),
                std::vector<Complex>(static_cast<std::size_t>(half_y) + 1)};
  fill_phases(u, half_x, corner.x.data());
  fill_phases(v, half_y, corner.y.data());
  return corner;
}

// Adds one edge, in units of the period, to the orders m = 1..half_x, n = -half_y..half_y and
// to m = 0, n = 1..half_y.
void add_edge(Point a, Point b, double sign, Spectrum<double>& spectrum) {
  const int half_x = spectrum.half_x(), half_y = spectrum.half_y();
  const double du = b.x - a.x, dv = b.y - a.y;
  const Corner begin = corner_phases(a.x, a.y, half_x, half_y);
  const Corner end = corner_phases(b.x, b.y, half_x, half_y);
  const Corner middle = corner_phases(0.5 * (a.x + b.x), 0.5 * (a.y + b.y), half_x, half_y);
  const auto y_phase = [](const Corner& corner, int n) {
    return n < 0 ? std::conj(corner.y[static_cast<std::size_t>(-n)])
                 : corner.y[static_cast<std::size_t>(n)];
  };
  if (dv != 0.0) {
    for (int n = -half_y; n <= half_y; ++n) {
      const Complex y0 = y_phase(begin, n), y1 = y_phase(end, n), ym = y_phase(middle, n);
      const Complex vertical = sign * dv * mean_phase(y0, y1, ym, std::numbers::pi * n * dv);
      for (int m = 1; m <= half_x; ++m) {
        const std::size_t i = static_cast<std::size_t>(m);
        const Complex line =
            du == 0.0 ? begin.x[i] * vertical
                      : sign * dv *
                            mean_phase(begin.x[i] * y0, end.x[i] * y1, middle.x[i] * ym,
                                       std::numbers::pi * (m * du + n * dv));
        spectrum.at(m, n) += line / Complex(0.0, -2.0 * std::numbers::pi * m);
      }
    }
  }
  if (du != 0.0) {
    for (int n = 1; n <= half_y; ++n) {
      const Complex line = -sign * du *
                           mean_phase(y_phase(begin, n), y_phase(end, n), y_phase(middle, n),
                                      std::numbers::pi * n * dv);
      spectrum.at(0, n) += line / Complex(0.0, -2.0 * std::numbers::pi * n);
    }
  }
}

}  // namespace

Spectrum<double> polygon_spectrum(std::span<const Polygon> polygons, const Box& field, int half_x,
                                  int half_y) {
  Spectrum<double> spectrum(half_x, half_y);
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
      add_edge(relative(polygon[j]), relative(polygon[i]), sign, spectrum);
    }
  }
  for (int n = -half_y; n <= half_y; ++n)
    for (int m = 1; m <= half_x; ++m) spectrum.at(-m, -n) = std::conj(spectrum.at(m, n));
  for (int n = 1; n <= half_y; ++n) spectrum.at(0, -n) = std::conj(spectrum.at(0, n));
  return spectrum;
}

}  // namespace reticle
