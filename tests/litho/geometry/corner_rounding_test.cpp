// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/corner_rounding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace reticle {
namespace {

double distance_to(const Polygon& ring, Point p) {
  double least = 1e9;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Point a = ring[i], b = ring[(i + 1) % ring.size()];
    const double x = b.x - a.x, y = b.y - a.y;
    const double t = std::clamp(((p.x - a.x) * x + (p.y - a.y) * y) / (x * x + y * y), 0.0, 1.0);
    least = std::min(least, std::hypot(p.x - a.x - t * x, p.y - a.y - t * y));
  }
  return least;
}

bool holds(const Polygon& ring, Point p) {
  bool in = false;
  for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
    if ((ring[i].y > p.y) != (ring[j].y > p.y) &&
        p.x < (ring[j].x - ring[i].x) * (p.y - ring[i].y) / (ring[j].y - ring[i].y) + ring[i].x)
      in = !in;
  return in;
}

// How far along a direction a point has to go until a disc holds it that lies on one side of the outline: discs tried
// at the points of a grid.
double room_by_trial(const Polygon& ring, Point from, Point direction, double radius, bool inside) {
  constexpr double k_step = 0.5, k_slack = 0.5;
  double least = radius;
  for (double x = -2.0 * radius; x <= 2.0 * radius; x += k_step)
    for (double y = -2.0 * radius; y <= 2.0 * radius; y += k_step) {
      const Point c{from.x + x, from.y + y};
      // The first place on the ray within the disc.
      const double along = x * direction.x + y * direction.y, off2 = x * x + y * y - along * along;
      if (off2 > radius * radius) continue;
      const double reach = std::sqrt(radius * radius - off2), enters = along - reach;
      if (along + reach < 0.0 || enters >= least) continue;
      if (holds(ring, c) != inside || distance_to(ring, c) < radius - k_slack) continue;
      least = std::max(0.0, enters);
    }
  return least;
}

void expect_rooms_of(const Polygon& ring, int edge, double radius) {
  const Point a = ring[static_cast<std::size_t>(edge)], b = ring[(static_cast<std::size_t>(edge) + 1) % ring.size()];
  const double length = std::hypot(b.x - a.x, b.y - a.y);
  const Point along{(b.x - a.x) / length, (b.y - a.y) / length}, out{along.y, -along.x};
  const EdgeRounding rounding(ring, edge, radius);
  for (const double part : {0.12, 0.3, 0.5, 0.8}) {
    const double s = part * length;
    const Point p{a.x + s * along.x, a.y + s * along.y};
    EXPECT_NEAR(rounding.at(s).inside_nm, room_by_trial(ring, p, {-out.x, -out.y}, radius, true), 1.2) << edge << " " << s;
    EXPECT_NEAR(rounding.at(s).outside_nm, room_by_trial(ring, p, out, radius, false), 1.2) << edge << " " << s;
  }
}

TEST(CornerRounding, IsWhatDiscsLeaveOfAnLOfAToothAndOfSlantedEdges) {
  const Polygon l{{0, 0}, {500, 0}, {500, 200}, {250, 200}, {250, 500}, {0, 500}};
  for (int edge = 0; edge < 6; ++edge) expect_rooms_of(l, edge, 50.0);
  const Polygon tooth{{0, 0}, {700, 0}, {700, 250}, {430, 250}, {430, 290}, {270, 290}, {270, 250}, {0, 250}};
  for (const int edge : {2, 3, 4, 5, 6}) expect_rooms_of(tooth, edge, 70.0);
  const Polygon slanted{{0, 0}, {600, 0}, {450, 300}, {150, 300}};
  for (int edge = 0; edge < 4; ++edge) expect_rooms_of(slanted, edge, 50.0);
}

TEST(CornerRounding, LeavesTheMiddleOfALineEndAndWhatIsNoCorner) {
  const Polygon line{{0, 0}, {400, 0}, {400, 60}, {0, 60}};
  EXPECT_EQ(EdgeRounding(line, 1, 100.0).at(30.0).inside_nm, 0.0);
  EXPECT_NEAR(EdgeRounding(line, 1, 100.0).at(0.0).inside_nm, 30.0, 1e-5);
  EXPECT_EQ(EdgeRounding(line, 1, 0.0).at(0.0).inside_nm, 0.0);
  Polygon disc;
  for (int i = 0; i < 60; ++i) disc.push_back({300.0 * std::cos(i * 0.10472), 300.0 * std::sin(i * 0.10472)});
  for (int i = 0; i < 60; ++i) EXPECT_EQ(EdgeRounding(disc, i, 50.0).at(3.0).inside_nm, 0.0);
}

}  // namespace
}  // namespace reticle
