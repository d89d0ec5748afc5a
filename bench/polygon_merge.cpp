// SPDX-License-Identifier: Apache-2.0
// Unions of a million points: overlapping rings, one outline, small quadrilaterals, and what a spiky outline loses
// when it is cut into parts of 8,190 points for GDSII.
//
//   polygon_merge
#include <cmath>
#include <cstdio>
#include <ctime>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "litho/geometry/boolean.h"

namespace {

using namespace reticle;

std::mt19937 bits(1);
double between(double low, double high) { return low + (high - low) * static_cast<double>(bits()) / 4294967296.0; }

// Points around a centre on whole steps, the radii random down to `least` of the largest.
Polygon around(double x, double y, double radius, int points, double least) {
  Polygon polygon;
  for (int i = 0; i < points; ++i) {
    const double t = 2.0 * std::numbers::pi * i / points, r = radius * between(least, 1.0);
    polygon.push_back({std::round(x + r * std::cos(t)), std::round(y + r * std::sin(t))});
  }
  return polygon;
}

void time(const std::string& name, const std::vector<Polygon>& drawn) {
  std::size_t points = 0;
  for (const Polygon& polygon : drawn) points += polygon.size();
  const std::clock_t start = std::clock();
  const std::vector<Polygon> merged = merge(drawn, 1.0);
  const double took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  std::printf("%-44s %8zu points, %7zu polygons: %.2f s of the processor\n", name.c_str(), points, merged.size(), took);
}

}  // namespace

int main() {
  std::vector<Polygon> rings, quadrilaterals, resonators;
  for (int i = 0; i < 2000; ++i) rings.push_back(around(between(0, 1e6), between(0, 1e6), 2e4, 500, 1.0));
  for (int i = 0; i < 250000; ++i) quadrilaterals.push_back(around(between(0, 1e7), between(0, 1e7), 1e4, 4, 1.0));
  for (int i = 0; i < 14; ++i) resonators.push_back(around(1e6 * i, 0, 7e5, 70000, 1.0));
  time("2,000 overlapping rings", rings);
  time("one outline", {around(0, 0, 5e7, 1000000, 1.0)});
  time("250,000 overlapping quadrilaterals", quadrilaterals);
  time("14 overlapping rings of 70,000 points", resonators);

  const Polygon spiky = around(0, 0, 1e6, 9000, 0.0);
  double cut = 0.0;
  for (const Box& half : {Box{-1e6, -1e6, 0, 1e6}, Box{0, -1e6, 1e6, 1e6}})
    for (const Polygon& part : clip({&spiky, 1}, half, 1.0)) cut += std::abs(signed_area(part));
  std::printf("9,000 points of random radii cut in half lose %.5f %% of their area\n",
              100.0 * (1.0 - cut / std::abs(signed_area(spiky))));
}
