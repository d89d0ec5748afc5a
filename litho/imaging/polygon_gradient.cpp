// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/polygon_gradient.h"

#include <cmath>
#include <complex>
#include <numbers>

#include "litho/geometry/polygon_area.h"

namespace reticle {

namespace {

using Complex = std::complex<double>;

std::vector<Complex> phases(double u, int half) {
  std::vector<Complex> table;
  for (int order = -half; order <= half; ++order) {
    const double turns = order * u;
    table.push_back(std::polar(1.0, -2.0 * std::numbers::pi * (turns - std::round(turns))));
  }
  return table;
}

// Int_0^1 t exp(-i k t) dt and Int_0^1 (1 - t) exp(-i k t) dt.
struct EndWeights {
  Complex second, first;
};
EndWeights end_weights(double k) {
  if (std::abs(k) < 0.5) {  // power series; terms fall below rounding within 14
    Complex second = 0.0, all = 0.0, power = 1.0;
    for (int j = 0; j < 14; ++j) {
      second += power / static_cast<double>(j + 2);
      all += power / static_cast<double>(j + 1);
      power *= Complex(0.0, -k) / static_cast<double>(j + 1);
    }
    return {second, all - second};
  }
  const Complex end = std::polar(1.0, -k), i_k(0.0, k);
  const Complex all = (1.0 - end) / i_k;
  const Complex second = (all - end) / i_k;
  return {second, all - second};
}

}  // namespace

std::vector<std::vector<Point>> polygon_gradient(std::span<const Polygon> polygons, const Box& field,
                                                 const Spectrum<double>& d_mask) {
  const int half_x = d_mask.half_x(), half_y = d_mask.half_y();
  const double area = field.width() * field.height();
  std::vector<std::vector<Point>> result;
  for (const Polygon& polygon : polygons) {
    std::vector<Point>& corners = result.emplace_back(polygon.size());
    if (polygon.size() < 3) continue;
    const double sign = (signed_area(polygon) < 0.0 ? -1.0 : 1.0) / area;
    for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
      const Point a = polygon[j], b = polygon[i];
      const double dx = b.x - a.x, dy = b.y - a.y;
      const auto px = phases((a.x - field.x0) / field.width(), half_x);
      const auto py = phases((a.y - field.y0) / field.height(), half_y);
      double at_a = 0.0, at_b = 0.0;  // L's change as that end moves out by one
      const Complex* d = d_mask.data();
      for (int n = -half_y; n <= half_y; ++n)
        for (int m = -half_x; m <= half_x; ++m, ++d) {
          const double k = 2.0 * std::numbers::pi * (m * dx / field.width() + n * dy / field.height());
          const EndWeights weights = end_weights(k);
          const Complex start = std::conj(*d) * px[static_cast<std::size_t>(m + half_x)] *
                                py[static_cast<std::size_t>(n + half_y)];
          at_a += (start * weights.first).real();
          at_b += (start * weights.second).real();
        }
      corners[j].x += sign * dy * at_a;
      corners[j].y -= sign * dx * at_a;
      corners[i].x += sign * dy * at_b;
      corners[i].y -= sign * dx * at_b;
    }
  }
  return result;
}

}  // namespace reticle
