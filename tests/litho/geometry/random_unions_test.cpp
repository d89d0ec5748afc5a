// SPDX-License-Identifier: Apache-2.0
// Random sets of polygons, crossing themselves and each other, against an independent count of what they
// cover. RETICLE_RANDOM_SETS=100000 litho_geometry_tests --gtest_filter='RandomUnions.*' runs that many.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>

#include "litho/geometry/boolean.h"
#include "tests/reference/covered_area.h"

namespace reticle {
namespace {

int sets_to_run() {
  const char* wanted = std::getenv("RETICLE_RANDOM_SETS");
  return wanted != nullptr ? std::atoi(wanted) : 1000;
}

// Numbers that every standard library draws alike.
class Random {
 public:
  explicit Random(unsigned seed) : bits_(seed) {}
  double between(double low, double high) { return low + (high - low) * (static_cast<double>(bits_()) / 4294967296.0); }
  double spread(double low, double high) { return std::exp(between(std::log(low), std::log(high))); }
  unsigned below(unsigned n) { return static_cast<unsigned>(bits_() % n); }

 private:
  std::mt19937 bits_;
};

// 1 to 5 polygons of 3 to 500 points on a grid of 6 to a million steps: of random points, around a centre,
// returning to their own points (touching, spikes), or walking in eight or four directions.
std::vector<Polygon> random_set(unsigned seed) {
  Random random(seed);
  const unsigned count = 1 + random.below(5), kind = random.below(5);
  const double span = random.spread(6, 1e6);
  std::vector<Polygon> polygons;
  for (unsigned p = 0; p < count; ++p) {
    const int points = static_cast<int>(random.spread(3, count == 1 ? 501 : 100));
    const double cx = random.between(0, span), cy = random.between(0, span), r = random.between(0.1, 1) * span;
    const auto grid = [](double x, double y) { return Point{std::round(x), std::round(y)}; };
    Polygon polygon;
    for (int i = 0; i < points; ++i) {
      const double t = 2.0 * std::numbers::pi * i / points, radius = r * random.between(0.2, 1);
      if (kind == 0) {
        polygon.push_back(grid(random.between(0, span), random.between(0, span)));
      } else if (kind == 1) {
        polygon.push_back(grid(cx + radius * std::cos(t), cy + radius * std::sin(t)));
      } else if (kind == 2) {
        if (i > 1 && random.below(4) == 0)
          polygon.push_back(Point(polygon[random.below(static_cast<unsigned>(i))]));
        else
          polygon.push_back(grid(cx + random.between(-r, r), cy + random.between(-r, r)));
      } else {
        constexpr int dx[] = {1, 0, -1, 0, 1, 1, -1, -1}, dy[] = {0, 1, 0, -1, 1, -1, 1, -1};
        const unsigned d = random.below(kind == 3 ? 8 : 4);
        const double step = std::round(random.between(1, span / 5 + 2));
        const Point from = polygon.empty() ? grid(cx, cy) : polygon.back();
        polygon.push_back({from.x + step * dx[d], from.y + step * dy[d]});
      }
    }
    if (kind == 4) polygon.push_back({polygon.front().x, polygon.back().y});
    polygons.push_back(std::move(polygon));
  }
  return polygons;
}

double perimeter(const std::vector<Polygon>& polygons) {
  double sum = 0.0;
  for (const Polygon& polygon : polygons)
    for (std::size_t i = 0; i < polygon.size(); ++i) {
      const Point &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
      sum += std::hypot(b.x - a.x, b.y - a.y);
    }
  return sum;
}

double signed_sum(const std::vector<Polygon>& polygons) {
  double sum = 0.0;
  for (const Polygon& polygon : polygons) sum += signed_area(polygon);
  return sum;
}

TEST(RandomUnions, CoverWhatTheirPolygonsCover) {
  const int sets = sets_to_run();
  double farthest = 0.0;
  int off = 0;
  for (unsigned seed = 0; seed < static_cast<unsigned>(sets); ++seed) {
    const std::vector<Polygon> drawn = random_set(seed), merged = merge(drawn, 1.0);
    const double wanted = reference::covered_area(drawn), found = std::abs(signed_sum(merged));
    const double around = perimeter(merged);
    // Crossings are rounded to a step of the grid. The polygons do not overlap: their areas add up.
    const bool good = std::abs(found - wanted) <= 0.5 * around + 1.0 &&
                      std::abs(found - reference::covered_area(merged)) <= 1e-9 * found + 1e-3;
    off += !good;
    if (around > 0.0) farthest = std::max(farthest, std::abs(found - wanted) / around);
    ASSERT_LT(off, 10);
    EXPECT_TRUE(good) << "seed " << seed << ": area " << found << ", by slabs " << wanted << ", perimeter " << around;
  }
  std::printf("%d sets, %d off, farthest %.3f steps of the perimeter\n", sets, off, farthest);
}

// Inside and outside, farther than two steps from any edge: nothing lost, nothing added.
TEST(RandomUnions, KeepEveryPlaceInsideOrOutside) {
  for (unsigned seed = 0; seed < static_cast<unsigned>(sets_to_run() / 10); ++seed) {
    const std::vector<Polygon> drawn = random_set(seed), merged = merge(drawn, 1.0);
    Random random(seed);
    for (int i = 0; i < 50; ++i) {
      const Polygon& near = drawn[random.below(static_cast<unsigned>(drawn.size()))];
      const Point at = near[random.below(static_cast<unsigned>(near.size()))];
      const Point place{at.x + random.between(-20, 20), at.y + random.between(-20, 20)};
      const reference::Cover cover = reference::cover_at(drawn, place);
      if (cover.edge_distance <= 2.0) continue;
      ASSERT_EQ(reference::cover_at(merged, place).inside, cover.inside) << seed << ": " << place.x << ", " << place.y;
    }
  }
}

TEST(RandomUnions, CutToBoxesAddUpToTheWhole) {
  for (unsigned seed = 0; seed < static_cast<unsigned>(sets_to_run() / 10); ++seed) {
    const std::vector<Polygon> drawn = random_set(seed);
    Box box{drawn[0][0].x, drawn[0][0].y, drawn[0][0].x, drawn[0][0].y};
    for (const Polygon& polygon : drawn)
      for (const Point& p : polygon)
        box = {std::min(box.x0, p.x), std::min(box.y0, p.y), std::max(box.x1, p.x), std::max(box.y1, p.y)};
    const double x = std::round(0.3 * box.x0 + 0.7 * box.x1), y = std::round(0.6 * box.y0 + 0.4 * box.y1);
    double sum = 0.0, around = 0.0;
    for (const Box& part : {Box{box.x0, box.y0, x, y}, Box{x, box.y0, box.x1, y}, Box{box.x0, y, x, box.y1},
                            Box{x, y, box.x1, box.y1}}) {
      const std::vector<Polygon> cut = clip(drawn, part, 1.0);
      sum += std::abs(signed_sum(cut));
      around += perimeter(cut);
    }
    EXPECT_NEAR(sum, reference::covered_area(drawn), 0.5 * around + 1.0) << seed;
  }
}

TEST(RandomUnions, DoNotDependOnOrderOrDirection) {
  for (unsigned seed = 0; seed < static_cast<unsigned>(sets_to_run() / 20); ++seed) {
    std::vector<Polygon> drawn = random_set(seed);
    const std::vector<Polygon> merged = merge(drawn, 1.0);
    std::reverse(drawn.begin(), drawn.end());
    EXPECT_EQ(merge(drawn, 1.0), merged) << seed;
    for (Polygon& polygon : drawn) std::reverse(polygon.begin(), polygon.end());
    EXPECT_EQ(merge(drawn, 1.0), merged) << seed;
  }
}

}  // namespace
}  // namespace reticle
