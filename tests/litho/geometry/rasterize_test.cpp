// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/rasterize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "kernels/base/error.h"
#include "litho/geometry/polygon_area.h"

namespace reticle {
namespace {

// A star-shaped, hence simple, polygon around the middle of a 64 nm field.
Polygon random_star(unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> radius(5.0, 30.0);
  Polygon star;
  for (int i = 0; i < 11; ++i) {
    const double angle = 2.0 * 3.14159265358979 * i / 11.0, r = radius(random);
    star.push_back({32.0 + r * std::cos(angle), 32.0 + r * std::sin(angle)});
  }
  return star;
}

double total(const Image<float>& image) { return std::accumulate(image.begin(), image.end(), 0.0); }

bool contains(const Polygon& polygon, double x, double y) {
  bool in = false;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
    if ((a.y > y) != (b.y > y) && x < a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y)) in = !in;
  }
  return in;
}

TEST(Rasterize, TotalIsTheAreaOfThePolygon) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const Polygon star = random_star(seed);
    const double area = signed_area(star);
    // Each boundary pixel is rounded to float: far below 1e-7 of the area in sum.
    EXPECT_NEAR(total(rasterize(std::vector<Polygon>{star}, {64, 64})), area, 1e-7 * area) << seed;
  }
  const Polygon rectangle{{1.25, 2.5}, {9.75, 2.5}, {9.75, 7.5}, {1.25, 7.5}};  // exact in float
  EXPECT_EQ(total(rasterize(std::vector<Polygon>{rectangle}, {16, 16})), 8.5 * 5.0);
}

TEST(Rasterize, CoverageIsWhatSupersamplingFinds) {
  const Polygon star = random_star(7);
  const Image<float> image = rasterize(std::vector<Polygon>{star}, {64, 64});
  constexpr int k_samples = 40;
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      int hits = 0;
      for (int j = 0; j < k_samples; ++j) {
        for (int i = 0; i < k_samples; ++i) {
          hits += contains(star, x + (i + 0.5) / k_samples, y + (j + 0.5) / k_samples);
        }
      }
      // Cells an edge can cut: about 2 * 40 of 1600, half of each in error, few edges.
      EXPECT_NEAR(image(y, x), hits / double(k_samples * k_samples), 0.03);
    }
  }
}

TEST(Rasterize, ClippedPolygonKeepsThePartInTheGrid) {
  const Polygon diamond{{0, -8}, {8, 0}, {0, 8}, {-8, 0}};
  EXPECT_NEAR(total(rasterize(std::vector<Polygon>{diamond}, {16, 16})), 32.0, 1e-5);
  const Polygon all{{-99, -99}, {99, -99}, {99, 99}, {-99, 99}};
  EXPECT_EQ(total(rasterize(std::vector<Polygon>{all}, {16, 16})), 256.0);
}

TEST(Rasterize, ShiftAndQuarterTurnOfPolygonShiftAndTurnTheImage) {
  const Polygon star = random_star(3);
  Polygon turned;
  for (const Point& p : star) turned.push_back({64.0 - p.y, p.x});
  const Image<float> image = rasterize(std::vector<Polygon>{star}, {64, 64});
  const Image<float> shifted = rasterize(std::vector<Polygon>{star}, {64, 64, 1.0, -3.0, 5.0});
  const Image<float> quarter = rasterize(std::vector<Polygon>{turned}, {64, 64});
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      EXPECT_NEAR(quarter(x, 63 - y), image(y, x), 1e-6);  // float rounding
      if (x >= 3 && y >= 5) {
        EXPECT_NEAR(shifted(y - 5, x), image(y, x - 3), 1e-6);
      }
    }
  }
}

TEST(Rasterize, BadPolygonsAreRefused) {
  EXPECT_THROW(rasterize(std::vector<Polygon>{Polygon{{0, 0}, {1, 1}}}, {8, 8}), Error);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(rasterize(std::vector<Polygon>{Polygon{{0, 0}, {1, nan}, {2, 2}}}, {8, 8}), Error);
  EXPECT_THROW(rasterize({}, {0, 8}), Error);
}

}  // namespace
}  // namespace reticle
