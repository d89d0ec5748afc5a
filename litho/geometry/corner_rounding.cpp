// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/corner_rounding.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace reticle {

namespace {

double distance(Point a, Point b) { return std::hypot(b.x - a.x, b.y - a.y); }

// Where a disc touches an edge, from the corner: as near as the other edge lets it come, which is `reach` long and then
// falls back. `turn` from one to the other.
double touching_place(double radius, double turn, double reach) {
  const double full = radius * std::tan(0.5 * turn);
  if (reach >= full) return full;
  // It passes by the other edge's far end: that end lies on the circle.
  const double inner = std::numbers::pi - turn;
  const double depth = radius - reach * std::sin(inner);
  return reach * std::cos(inner) + std::sqrt(std::max(0.0, radius * radius - depth * depth));
}

}  // namespace

double least_corner_turn() { return 20.0 * std::numbers::pi / 180.0; }

double turn_at(Point a, Point b, Point c) {
  const Point u{b.x - a.x, b.y - a.y}, v{c.x - b.x, c.y - b.y};
  return std::atan2(u.x * v.y - u.y * v.x, u.x * v.x + u.y * v.y);
}

EdgeRounding::EdgeRounding(const Polygon& ring, int index, double radius_nm) {
  const auto n = static_cast<int>(ring.size());
  const auto corner = [&](int i) { return ring[static_cast<std::size_t>((index + i + 2 * n) % n)]; };
  const auto turn = [&](int i) { return turn_at(corner(i - 1), corner(i), corner(i + 1)); };
  length_nm_ = distance(corner(0), corner(1));
  const auto is_corner = [](double angle) { return std::abs(angle) > least_corner_turn(); };
  if (radius_nm <= 0.0 || !is_corner(turn(0)) || !is_corner(turn(1))) return;
  const bool alike = turn(0) * turn(1) > 0.0;
  // `at` the corner, `beyond` it along the other edge.
  const auto disc = [&](int at, int beyond) {
    const double angle = std::abs(turn(at)), far = turn(beyond);
    Disc found{.convex = turn(at) > 0.0};
    const double other = distance(corner(at), corner(beyond));
    double radius = radius_nm;
    const double half_tangent = std::tan(0.5 * angle);
    if (alike) radius = std::min(radius, 0.5 * length_nm_ / half_tangent);
    if (is_corner(far) && far * turn(at) > 0.0) radius = std::min(radius, 0.5 * other / half_tangent);
    const double full = radius * half_tangent;
    const bool falls_back = is_corner(far) && far * turn(at) < 0.0 && other < full;
    found.radius_nm = radius;
    if (alike || length_nm_ >= full || falls_back) {
      found.along_nm = touching_place(radius, angle, falls_back ? other : full);
      found.off_nm = radius;
    } else {
      // It touches the other edge and passes by this one's far end.
      const double touch = touching_place(radius, angle, length_nm_), inner = std::numbers::pi - angle;
      found.along_nm = touch * std::cos(inner) + radius * std::sin(inner);
      found.off_nm = touch * std::sin(inner) - radius * std::cos(inner);
    }
    return found;
  };
  first_ = disc(0, -1);
  last_ = disc(1, 2);
}

double EdgeRounding::Disc::room(double along) const {
  const double left = along_nm - along;
  if (radius_nm <= 0.0 || left <= 0.0) return 0.0;
  const double depth = off_nm - std::sqrt(std::max(0.0, radius_nm * radius_nm - left * left));
  return std::max(0.0, depth);
}

RoundingRoom EdgeRounding::at(double along_nm) const {
  RoundingRoom room;
  const auto add = [&](const Disc& disc, double along) {
    double& side = disc.convex ? room.inside_nm : room.outside_nm;
    side = std::max(side, disc.room(along));
  };
  add(first_, along_nm);
  add(last_, length_nm_ - along_nm);
  return room;
}

}  // namespace reticle
