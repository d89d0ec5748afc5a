// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/outline_spectrum.h"

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "litho/geometry/polygon_area.h"
#include "litho/imaging/polygon_spectrum.h"
#include "litho/imaging/upright_edges.h"

namespace reticle {

namespace {

using Complex = std::complex<double>;

bool is_manhattan(const Polygon& ring) {
  for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
    if (ring[i].x != ring[j].x && ring[i].y != ring[j].y) return false;
  return true;
}

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
        fill_phases(a.y, half_y, phases);
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
