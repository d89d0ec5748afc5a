#include "litho/geometry/offset.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "litho/geometry/polygon_area.h"

namespace reticle {

namespace {

Point direction(const Point& a, const Point& b) {
  const double length = std::hypot(b.x - a.x, b.y - a.y);
  return {(b.x - a.x) / length, (b.y - a.y) / length};
}

double cross(const Point& u, const Point& v) { return u.x * v.y - u.y * v.x; }
double dot(const Point& u, const Point& v) { return u.x * v.x + u.y * v.y; }

bool same(const Point& a, const Point& b) { return std::hypot(a.x - b.x, a.y - b.y) < 1e-9; }

// Without repeated points, and with a point wherever a corner of the outline lies on an edge: there
// begin the cuts that join holes.
Polygon split_at_corners(Polygon polygon) {
  polygon.erase(std::unique(polygon.begin(), polygon.end(), same), polygon.end());
  while (polygon.size() > 1 && same(polygon.front(), polygon.back())) polygon.pop_back();
  Polygon split;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    const Point u = direction(a, b);
    std::vector<double> places;
    for (const Point& p : polygon) {
      const Point to{p.x - a.x, p.y - a.y};
      const double along = dot(u, to);
      if (std::abs(cross(u, to)) < 1e-9 && along > 1e-9 && along < length - 1e-9) places.push_back(along);
    }
    std::sort(places.begin(), places.end());
    split.push_back(a);
    for (const double along : places) split.push_back({a.x + along * u.x, a.y + along * u.y});
  }
  split.erase(std::unique(split.begin(), split.end(), same), split.end());
  return split;
}

// Edges i -> i + 1 that another edge runs back along: the two sides of a cut.
std::vector<bool> cut_edges(const Polygon& polygon) {
  const std::size_t n = polygon.size();
  std::vector<bool> is_cut(n, false);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i + 2; j < n; ++j)
      if (same(polygon[i], polygon[(j + 1) % n]) && same(polygon[(i + 1) % n], polygon[j]))
        is_cut[i] = is_cut[j] = true;
  return is_cut;
}

}  // namespace

Polygon moved_edges(const Polygon& polygon, double distance_nm) {
  const Polygon corners = split_at_corners(polygon);
  const std::size_t n = corners.size();
  if (n < 3) return {};
  const std::vector<bool> stays = cut_edges(corners);
  // Outwards of a counterclockwise polygon is to the right of its edges.
  const double outwards = signed_area(corners) > 0.0 ? distance_nm : -distance_nm;
  Polygon moved;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t before = (i + n - 1) % n;
    const Point& corner = corners[i];
    const Point u = direction(corners[before], corner), v = direction(corner, corners[(i + 1) % n]);
    const double du = stays[before] ? 0.0 : outwards, dv = stays[i] ? 0.0 : outwards;
    const double turn = cross(u, v);
    if (std::abs(turn) > 1e-12) {
      moved.push_back({corner.x + (dv * u.x - du * v.x) / turn, corner.y + (dv * u.y - du * v.y) / turn});
      continue;
    }
    if (du == dv && dot(u, v) > 0.0) continue;  // no corner
    moved.push_back({corner.x + du * u.y, corner.y - du * u.x});
    moved.push_back({corner.x + dv * v.y, corner.y - dv * v.x});
  }
  return moved;
}

}  // namespace reticle
