// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/outline_spectrum.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <random>

#include "litho/geometry/boolean.h"
#include "litho/geometry/polygon_area.h"
#include "litho/imaging/polygon_spectrum.h"
#include "litho/opc/outline.h"
#include "litho/opc/point_transform.h"

namespace reticle {
namespace {

// A frame around a smaller frame, and a slanted shape beside them.
std::vector<Polygon> nested_shapes() {
  const auto box = [](double x0, double y0, double x1, double y1) {
    return Polygon{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
  };
  const std::vector<Polygon> parts{
      box(100, 100, 160, 500), box(440, 100, 500, 500), box(100, 100, 500, 160), box(100, 440, 500, 500),
      box(220, 220, 380, 250), box(220, 350, 380, 380), box(220, 220, 250, 380), box(350, 220, 380, 380),
      {{600, 120}, {700, 180}, {650, 300}}};
  return merge(parts);
}

TEST(Outlines, CutsThatJoinHolesAreLeftOut) {
  const std::vector<Polygon> rings = outlines(nested_shapes());
  ASSERT_EQ(rings.size(), 5u);
  int holes = 0;
  double area = 0.0;
  for (const Polygon& ring : rings) {
    holes += signed_area(ring) < 0.0;
    area += signed_area(ring);
    EXPECT_TRUE(ring.size() == 4u || ring.size() == 3u);
  }
  EXPECT_EQ(holes, 2);
  EXPECT_NEAR(area, 400 * 400 - 280 * 280 + 160 * 160 - 100 * 100 + 7500.0, 1e-6);
}

TEST(OutlineSpectrum, EqualsThatOfThePolygons) {
  const Box field{-50, -20, 974, 880};
  const std::vector<Polygon> shapes = nested_shapes();
  const Spectrum<double> expected = polygon_spectrum(shapes, field, 9, 7);
  const Spectrum<double> found = outline_spectrum<double>(outlines(shapes), field, 9, 7);
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(std::abs(found.data()[i] - expected.data()[i]), 0.0, 1e-13) << i;
}

TEST(PointTransform, IsTheFourierSumAndItsTranspose) {
  const Box field{10, -30, 810, 570};
  constexpr int hx = 9, hy = 6;
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  PointTransform<double> transform(hx, hy, field);
  std::vector<Point> points;
  std::vector<double> amounts;
  for (int i = 0; i < 40; ++i) {
    points.push_back({410 + 700 * uniform(random), 270 + 500 * uniform(random)});
    amounts.push_back(uniform(random));
  }
  const auto windows = transform.windows(points);
  const Spectrum<double> sum = transform.coefficients(std::span<const double>(amounts), windows);
  const auto phase = [&](int m, int n, Point p) {
    return std::polar(1.0, -2.0 * std::numbers::pi *
                               (m * (p.x - field.x0) / field.width() + n * (p.y - field.y0) / field.height()));
  };
  for (int n = -hy; n <= hy; ++n)
    for (int m = -hx; m <= hx; ++m) {
      std::complex<double> direct = 0.0;
      for (std::size_t i = 0; i < points.size(); ++i) direct += amounts[i] * phase(m, n, points[i]);
      EXPECT_NEAR(std::abs(sum.at(m, n) - direct), 0.0, 1e-9);  // what a window of 13 points leaves
    }
  // <values(c), a> = Re <c, coefficients(a)> for conjugate-symmetric c.
  const std::vector<double> values = transform.values(sum, windows);
  double left = 0.0, right = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) left += values[i] * amounts[i];
  for (std::size_t i = 0; i < sum.size(); ++i) right += std::norm(sum.data()[i]);
  EXPECT_NEAR(left, right, 1e-9 * right);
}

}  // namespace
}  // namespace reticle
