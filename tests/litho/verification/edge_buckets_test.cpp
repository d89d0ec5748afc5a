// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/edge_buckets.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <random>
#include <vector>

namespace reticle {
namespace {

// The nearest crossing of the ray among all edges, one by one.
std::optional<double> nearest(const std::vector<Polygon>& rings, Point from, Point way, double least, double range) {
  std::optional<double> best;
  for (const Polygon& ring : rings)
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Point a = ring[i], b = ring[(i + 1) % ring.size()];
      const double a_side = way.x * (a.y - from.y) - way.y * (a.x - from.x);
      const double b_side = way.x * (b.y - from.y) - way.y * (b.x - from.x);
      if ((a_side >= 0.0) == (b_side >= 0.0)) continue;
      const double part = a_side / (a_side - b_side);
      const double distance = way.x * (a.x + part * (b.x - a.x) - from.x) + way.y * (a.y + part * (b.y - a.y) - from.y);
      if (distance > least && distance <= range && (!best || distance < *best)) best = distance;
    }
  return best;
}

TEST(EdgeBuckets, RaysMeetFirstWhatIsNearestOfAllEdges) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> place(-500.0, 500.0), turn(0.0, 6.283185307179586), size(1.0, 120.0);
  for (int round = 0; round < 20; ++round) {
    std::vector<Polygon> rings;
    for (int i = 0; i < 30; ++i) {  // fine and coarse ones, rectangles on whole nm among them
      const double x = place(random), y = place(random), r = size(random);
      const int corners = i % 3 == 0 ? 4 : 3 + i;
      Polygon ring;
      for (int k = 0; k < corners; ++k) {
        const double at = 6.283185307179586 * k / corners;
        ring.push_back(i % 3 == 0 ? Point{std::round(x + (k == 1 || k == 2 ? r : 0.0)), std::round(y + (k >= 2 ? r : 0.0))}
                                  : Point{x + r * std::cos(at), y + r * std::sin(at)});
      }
      rings.push_back(std::move(ring));
    }
    const EdgeBuckets buckets(rings);
    for (int i = 0; i < 2000; ++i) {
      const bool level = i % 4 == 0, upright = i % 4 == 1;
      const double angle = turn(random);
      const Point from{1.2 * place(random), 1.2 * place(random)};
      const Point way = level ? Point{i % 8 == 0 ? 1.0 : -1.0, 0.0} : upright ? Point{0.0, i % 8 == 1 ? 1.0 : -1.0} : Point{std::cos(angle), std::sin(angle)};
      const double range = 4.0 * size(random);
      const auto hit = buckets.first_hit(from, way, 1e-3, range);
      const auto expected = nearest(rings, from, way, 1e-3, range);
      ASSERT_EQ(hit.has_value(), expected.has_value()) << round << " " << i;
      if (hit) { ASSERT_NEAR(hit->distance, *expected, 1e-9) << round << " " << i; }
    }
  }
}

}  // namespace
}  // namespace reticle
