// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/polygon_spectrum.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>

namespace reticle {
namespace {

const Box k_field{100.0, -50.0, 740.0, 462.0};  // 640 x 512 nm

double sinc(double x) { return x == 0.0 ? 1.0 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); }

// Largest |a - b| over all orders.
double difference(const Spectrum<double>& a, const Spectrum<double>& b) {
  double worst = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i)
    worst = std::max(worst, std::abs(a.data()[i] - b.data()[i]));
  return worst;
}

Polygon rectangle(double x0, double y0, double x1, double y1) {
  return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

TEST(PolygonSpectrum, RectangleIsAProductOfSincs) {
  const double x0 = 150.3, y0 = -20.7, x1 = 301.9, y1 = 200.2;
  const Polygon shape = rectangle(x0, y0, x1, y1);
  const Spectrum<double> spectrum = polygon_spectrum({&shape, 1}, k_field, 9, 7);
  const double px = k_field.width(), py = k_field.height(), w = x1 - x0, h = y1 - y0;
  for (int n = -7; n <= 7; ++n)
    for (int m = -9; m <= 9; ++m) {
      const double xc = 0.5 * (x0 + x1) - k_field.x0, yc = 0.5 * (y0 + y1) - k_field.y0;
      const auto expected = w * h / (px * py) * sinc(m * w / px) * sinc(n * h / py) *
                            std::polar(1.0, -2.0 * std::numbers::pi * (m * xc / px + n * yc / py));
      EXPECT_LT(std::abs(spectrum.at(m, n) - expected), 1e-15);
    }
}

TEST(PolygonSpectrum, OrientationDoesNotMatter) {
  const Polygon shape = {{120, 0}, {400, 30}, {350, 300}, {200, 180}};
  const Polygon reversed(shape.rbegin(), shape.rend());
  EXPECT_LT(difference(polygon_spectrum({&shape, 1}, k_field, 9, 7),
                       polygon_spectrum({&reversed, 1}, k_field, 9, 7)),
            1e-16);
}

TEST(PolygonSpectrum, PiecesAddUpToTheWhole) {
  // A slanted quadrilateral cut along a diagonal: the inner edges cancel.
  const Polygon whole = {{120, 0}, {400, 30}, {350, 300}, {200, 180}};
  const std::vector<Polygon> pieces = {{{120, 0}, {400, 30}, {350, 300}},
                                       {{120, 0}, {350, 300}, {200, 180}}};
  EXPECT_LT(difference(polygon_spectrum({&whole, 1}, k_field, 9, 7),
                       polygon_spectrum(pieces, k_field, 9, 7)),
            1e-15);
}

TEST(PolygonSpectrum, SlantedEdgesAgreeWithAFineStaircase) {
  // A triangle against 20,000 exact strips; their midpoint rule errs by O(strip^2), below 1e-9.
  const Polygon triangle = {{200, 10}, {500, 10}, {320, 330}};
  std::vector<Polygon> strips;
  const int count = 20000;
  for (int i = 0; i < count; ++i) {
    const double y0 = 10 + 320.0 * i / count, y1 = 10 + 320.0 * (i + 1) / count;
    const double t = (i + 0.5) / count;
    strips.push_back(rectangle(200 + 120 * t, y0, 500 - 180 * t, y1));
  }
  EXPECT_LT(difference(polygon_spectrum({&triangle, 1}, k_field, 9, 7),
                       polygon_spectrum(strips, k_field, 9, 7)),
            1e-9);
}

TEST(PolygonSpectrum, ShiftIsAPhase) {
  const Polygon shape = {{120, 0}, {400, 30}, {350, 300}, {200, 180}};
  Polygon shifted = shape;
  const double dx = 33.25, dy = -7.5;
  for (Point& p : shifted) p = {p.x + dx, p.y + dy};
  Spectrum<double> expected = polygon_spectrum({&shape, 1}, k_field, 9, 7);
  for (int n = -7; n <= 7; ++n)
    for (int m = -9; m <= 9; ++m)
      expected.at(m, n) *= std::polar(1.0, -2.0 * std::numbers::pi *
                                               (m * dx / k_field.width() + n * dy / k_field.height()));
  EXPECT_LT(difference(polygon_spectrum({&shifted, 1}, k_field, 9, 7), expected), 1e-15);
}

TEST(PolygonSpectrum, FullFieldIsItsMeanOnly) {
  const Polygon shape = rectangle(k_field.x0, k_field.y0, k_field.x1, k_field.y1);
  Spectrum<double> expected(9, 7);
  expected.at(0, 0) = 1.0;
  EXPECT_LT(difference(polygon_spectrum({&shape, 1}, k_field, 9, 7), expected), 1e-15);
}

}  // namespace
}  // namespace reticle
