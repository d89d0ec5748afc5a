// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/rings.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "litho/geometry/polygon_area.h"

namespace reticle {

namespace {

struct Place {
  std::int64_t x = 0, y = 0;
  auto operator<=>(const Place&) const = default;
};

struct Edge {
  Place from, to;
};

// A straight line: direction without common factor, to the right or straight up, and its offset.
using Line = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

Line line_of(const Edge& edge) {
  std::int64_t dx = edge.to.x - edge.from.x, dy = edge.to.y - edge.from.y;
  const std::int64_t g = std::gcd(dx, dy);
  dx /= g, dy /= g;
  if (dx < 0 || (dx == 0 && dy < 0)) dx = -dx, dy = -dy;
  return {dx, dy, edge.from.x * dy - edge.from.y * dx};
}

// The edges of one line without what lies on another one of opposite direction.
void append_uncovered(const std::vector<Edge>& on_line, std::vector<Edge>& edges) {
  const auto forward = [](const Edge& edge) { return edge.from < edge.to; };
  const bool one_way = std::all_of(on_line.begin(), on_line.end(), [&](const Edge& edge) {
    return forward(edge) == forward(on_line.front());
  });
  if (one_way) {
    edges.insert(edges.end(), on_line.begin(), on_line.end());
    return;
  }
  std::map<Place, int> steps;  // of the number of edges forwards minus backwards
  for (const Edge& edge : on_line) {
    const int sign = forward(edge) ? 1 : -1;
    steps[std::min(edge.from, edge.to)] += sign;
    steps[std::max(edge.from, edge.to)] -= sign;
  }
  int net = 0;
  for (auto step = steps.begin(); step != steps.end(); ++step) {
    net += step->second;
    const auto next = std::next(step);
    if (net > 0) edges.push_back({step->first, next->first});
    if (net < 0) edges.push_back({next->first, step->first});
  }
}

// How far `next` turns left of `edge`, from straight back on the right (0) to straight back on the left (2).
double left_turn(const Edge& edge, const Edge& next) {
  const double ax = static_cast<double>(edge.to.x - edge.from.x), ay = static_cast<double>(edge.to.y - edge.from.y);
  const double bx = static_cast<double>(next.to.x - next.from.x), by = static_cast<double>(next.to.y - next.from.y);
  const double cosine = (ax * bx + ay * by) / (std::hypot(ax, ay) * std::hypot(bx, by));
  return ax * by - ay * bx >= 0.0 ? 2.0 - (1.0 + cosine) / 2.0 : (1.0 + cosine) / 2.0;
}

bool is_straight(const Place& a, const Place& b, const Place& c) {
  return (b.x - a.x) * (c.y - b.y) == (b.y - a.y) * (c.x - b.x) &&
         (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) > 0;
}

Polygon corners_of(const std::vector<Place>& places, double resolution_nm) {
  const std::size_t n = places.size();
  const double per_nm = 1.0 / resolution_nm;
  Polygon ring;
  for (std::size_t i = 0; i < n; ++i)
    if (!is_straight(places[(i + n - 1) % n], places[i], places[(i + 1) % n]))
      ring.push_back({static_cast<double>(places[i].x) / per_nm, static_cast<double>(places[i].y) / per_nm});
  return ring;
}

std::vector<Polygon> chained(std::vector<Edge> edges, double resolution_nm) {
  std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
    return std::tie(a.from, a.to) < std::tie(b.from, b.to);
  });
  std::vector<char> used(edges.size(), 0);
  std::vector<Polygon> rings;
  for (std::size_t first = 0; first < edges.size(); ++first) {
    if (used[first]) continue;
    std::vector<Place> places;
    std::size_t at = first;
    while (!used[at]) {
      used[at] = 1;
      places.push_back(edges[at].from);
      const auto begin = std::lower_bound(edges.begin(), edges.end(), edges[at].to,
                                          [](const Edge& edge, const Place& place) { return edge.from < place; });
      std::size_t next = at;
      double most = -1.0;
      for (auto edge = begin; edge != edges.end() && edge->from == edges[at].to; ++edge) {
        const std::size_t i = static_cast<std::size_t>(edge - edges.begin());
        const double turn = left_turn(edges[at], *edge);
        if ((!used[i] || i == first) && turn > most) most = turn, next = i;
      }
      at = next;
    }
    Polygon ring = corners_of(places, resolution_nm);
    if (ring.size() >= 3) rings.push_back(std::move(ring));
  }
  return rings;
}

}  // namespace

std::vector<Polygon> rings_of(std::span<const Polygon> polygons, double resolution_nm) {
  std::map<Line, std::vector<Edge>> lines;
  for (const Polygon& polygon : polygons) {
    const bool clockwise = signed_area(polygon) < 0.0;
    std::vector<Place> places;
    for (const Point& p : polygon) places.push_back({std::llround(p.x / resolution_nm), std::llround(p.y / resolution_nm)});
    for (std::size_t i = 0; i < places.size(); ++i) {
      const Place &a = places[i], &b = places[(i + 1) % places.size()];
      if (a == b) continue;
      const Edge edge = clockwise ? Edge{b, a} : Edge{a, b};
      lines[line_of(edge)].push_back(edge);
    }
  }
  std::vector<Edge> edges;
  for (const auto& [line, on_line] : lines) append_uncovered(on_line, edges);
  return chained(std::move(edges), resolution_nm);
}

bool is_inside(std::span<const Polygon> rings, Point point) {
  bool inside = false;
  for (const Polygon& ring : rings) {
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
      const Point &a = ring[j], &b = ring[i];
      if ((a.y > point.y) == (b.y > point.y)) continue;
      if (a.x + (point.y - a.y) * (b.x - a.x) / (b.y - a.y) > point.x) inside = !inside;
    }
  }
  return inside;
}

}  // namespace reticle
