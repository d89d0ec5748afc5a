// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/facing_edges.h"

#include <algorithm>
#include <cmath>

#include "litho/geometry/polygon_area.h"

namespace reticle {

namespace {

constexpr double k_opposite = -0.95;  // at least so much against each other
constexpr double k_slack_nm = 1e-6;

}  // namespace

std::vector<DirectedEdge> directed_edges(const Polygon& polygon) {
  std::vector<DirectedEdge> edges;
  const bool clockwise = signed_area(polygon) < 0.0;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    Point a = polygon[i], b = polygon[(i + 1) % polygon.size()];
    if (clockwise) std::swap(a, b);
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    if (length > 0.0) edges.push_back({a, {(b.x - a.x) / length, (b.y - a.y) / length}, length});
  }
  return edges;
}

double distance_across(const DirectedEdge& edge, const DirectedEdge& other) {
  if (edge.u.x * other.u.x + edge.u.y * other.u.y > k_opposite) return 0.0;
  const auto along = [&](Point p) { return (p.x - edge.a.x) * edge.u.x + (p.y - edge.a.y) * edge.u.y; };
  const Point end{other.a.x + other.length * other.u.x, other.a.y + other.length * other.u.y};
  if (std::min(along(other.a), edge.length) - std::max(along(end), 0.0) < k_slack_nm) return 0.0;
  const Point middle{0.5 * (other.a.x + end.x), 0.5 * (other.a.y + end.y)};
  return (middle.y - edge.a.y) * edge.u.x - (middle.x - edge.a.x) * edge.u.y;
}

}  // namespace reticle
