// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/offset.h"

#include <cmath>

#include "litho/geometry/boolean.h"
#include "litho/geometry/planar_rings.h"

namespace reticle {

namespace {

using planar::Edge;
using planar::GridPoint;
using planar::Ring;

constexpr double k_step_nm = 1e-4;
constexpr double k_longest_mitre = 4.0;  // distances along an edge

struct Direction {
  double x, y;
};

Direction direction(const GridPoint& a, const GridPoint& b) {
  const auto dx = static_cast<double>(b.x - a.x), dy = static_cast<double>(b.y - a.y);
  const double length = std::hypot(dx, dy);
  return {dx / length, dy / length};
}

GridPoint moved(const GridPoint& p, double x, double y) { return {p.x + std::llround(x), p.y + std::llround(y)}; }

// Rings around the union: what merge() joins by cuts is apart again where the two sides of a cut cancel.
std::vector<Ring> outlines(std::span<const Polygon> polygons) {
  std::vector<Edge> edges;
  for (const Polygon& polygon : merge(polygons, k_step_nm)) {
    Ring ring;
    for (const Point& p : polygon) ring.push_back({std::llround(p.x / k_step_nm), std::llround(p.y / k_step_nm)});
    planar::append_ring(ring, 1, 0, edges);
  }
  return planar::rings_of(planar::noded(std::move(edges)), [](int shape, int) { return shape > 0; });
}

// Counterclockwise pieces between a ring and where it moves to, `distance` steps to the right of its edges.
template <class Add>
void add_strips(const Ring& ring, double distance, const Add& add) {
  const std::size_t n = ring.size();
  for (std::size_t i = 0; i < n; ++i) {
    const GridPoint &p = ring[i], &q = ring[(i + 1) % n], &r = ring[(i + 2) % n];
    const Direction u = direction(p, q), v = direction(q, r);
    const auto step = [&](const Direction& d) { return Direction{distance * d.y, -distance * d.x}; };
    const Direction by_u = step(u), by_v = step(v);
    Ring strip = {p, moved(p, by_u.x, by_u.y), moved(q, by_u.x, by_u.y), q};
    const double cross = u.x * v.y - u.y * v.x, dot = u.x * v.x + u.y * v.y;
    Ring corner = {q, moved(q, by_u.x, by_u.y), moved(q, by_v.x, by_v.y)};
    const double reach = std::sqrt(std::max(0.0, 1.0 - dot) / std::max(1.0 + dot, 1e-300));
    if (reach <= k_longest_mitre) {
      corner.insert(corner.begin() + 2, moved(q, (by_u.x + by_v.x) / (1.0 + dot), (by_u.y + by_v.y) / (1.0 + dot)));
    } else {
      const double far = k_longest_mitre * std::abs(distance);
      corner.insert(corner.begin() + 2, {moved(q, by_u.x + far * u.x, by_u.y + far * u.y),
                                         moved(q, by_v.x - far * v.x, by_v.y - far * v.y)});
    }
    const bool gap = distance > 0.0 ? cross > 0.0 : cross < 0.0;
    for (Ring* piece : {&strip, &corner}) {
      if (piece == &corner && !gap) continue;
      if (planar::twice_area(*piece) < 0) *piece = Ring(piece->rbegin(), piece->rend());
      add(*piece);
    }
  }
}

}  // namespace

std::vector<Polygon> moved_outlines(std::span<const Polygon> polygons, double distance_nm) {
  const bool grows = distance_nm > 0.0;
  std::vector<Edge> edges;
  for (const Ring& ring : outlines(polygons)) {
    planar::append_ring(ring, 1, 0, edges);
    if (distance_nm == 0.0) continue;
    add_strips(planar::without_idle_points(ring), distance_nm / k_step_nm, [&](const Ring& piece) {
      planar::append_ring(piece, grows ? 1 : 0, grows ? 0 : 1, edges);
    });
  }
  const auto inside = [](int shape, int frame) { return shape > 0 && frame == 0; };
  std::vector<Polygon> moved;
  for (const Ring& ring : planar::holes_joined(planar::rings_of(planar::noded(std::move(edges)), inside))) {
    Polygon polygon;
    for (const GridPoint& p : ring)
      polygon.push_back({static_cast<double>(p.x) / (1.0 / k_step_nm), static_cast<double>(p.y) / (1.0 / k_step_nm)});
    moved.push_back(std::move(polygon));
  }
  return moved;
}

}  // namespace reticle
