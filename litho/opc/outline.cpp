// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/outline.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>

#include "litho/geometry/polygon_area.h"

namespace reticle {

namespace {

struct Node {
  std::int64_t x, y;
  auto operator<=>(const Node&) const = default;
};
using Edge = std::pair<Node, Node>;

bool is_on(const Node& p, const Edge& e) {
  const auto& [a, b] = e;
  if (p == a || p == b) return false;
  if (p.x < std::min(a.x, b.x) || p.x > std::max(a.x, b.x) || p.y < std::min(a.y, b.y) ||
      p.y > std::max(a.y, b.y))
    return false;
  // Differences of a field are far below 2^31, products below 2^63.
  return (b.x - a.x) * (p.y - a.y) == (b.y - a.y) * (p.x - a.x);
}

// Edges of one polygon cut at its corners that lie on them; a cut and its way back are the same pieces
// in opposite directions, and cancel.
void add_pieces(const std::vector<Node>& ring, std::map<Edge, int>& pieces) {
  std::vector<Node> by_x = ring;
  std::sort(by_x.begin(), by_x.end());
  by_x.erase(std::unique(by_x.begin(), by_x.end()), by_x.end());
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Edge edge{ring[i], ring[(i + 1) % ring.size()]};
    if (edge.first == edge.second) continue;
    std::vector<Node> stops{edge.first};
    const std::int64_t low = std::min(edge.first.x, edge.second.x);
    const std::int64_t high = std::max(edge.first.x, edge.second.x);
    auto p = std::lower_bound(by_x.begin(), by_x.end(), Node{low, INT64_MIN});
    for (; p != by_x.end() && p->x <= high; ++p)
      if (is_on(*p, edge)) stops.push_back(*p);
    const auto along = [&](const Node& n) {
      return (n.x - edge.first.x) * (edge.second.x - edge.first.x) +
             (n.y - edge.first.y) * (edge.second.y - edge.first.y);
    };
    std::sort(stops.begin(), stops.end(),
              [&](const Node& a, const Node& b) { return along(a) < along(b); });
    stops.push_back(edge.second);
    for (std::size_t k = 0; k + 1 < stops.size(); ++k) {
      const auto back = pieces.find({stops[k + 1], stops[k]});
      if (back != pieces.end()) {
        if (--back->second == 0) pieces.erase(back);
      } else {
        ++pieces[{stops[k], stops[k + 1]}];
      }
    }
  }
}

// How far b turns left of a: the most is what keeps shapes apart that touch at a corner.
double turn(const Edge& a, const Edge& b) {
  const double ux = static_cast<double>(a.second.x - a.first.x), uy = static_cast<double>(a.second.y - a.first.y);
  const double vx = static_cast<double>(b.second.x - b.first.x), vy = static_cast<double>(b.second.y - b.first.y);
  return std::atan2(ux * vy - uy * vx, ux * vx + uy * vy);
}

Polygon corners_of(const std::vector<Node>& ring, double per_nm) {
  Polygon out;
  const std::size_t n = ring.size();
  for (std::size_t i = 0; i < n; ++i) {
    const Node &a = ring[(i + n - 1) % n], &b = ring[i], &c = ring[(i + 1) % n];
    if ((b.x - a.x) * (c.y - b.y) == (b.y - a.y) * (c.x - b.x)) continue;
    out.push_back({static_cast<double>(b.x) / per_nm, static_cast<double>(b.y) / per_nm});
  }
  return out;
}

}  // namespace

std::vector<Polygon> outlines(std::span<const Polygon> polygons, double resolution_nm) {
  std::vector<Polygon> out;
  const double per_nm = std::round(1.0 / resolution_nm);
  for (const Polygon& polygon : polygons) {
    if (polygon.size() < 3) continue;
    std::vector<Node> ring;
    for (const Point& p : polygon) ring.push_back({std::llround(p.x * per_nm), std::llround(p.y * per_nm)});
    if (signed_area(polygon) < 0.0) std::reverse(ring.begin(), ring.end());
    std::map<Edge, int> pieces;
    add_pieces(ring, pieces);
    while (!pieces.empty()) {
      const auto take = [&](std::map<Edge, int>::iterator at) {
        const Edge edge = at->first;
        if (--at->second == 0) pieces.erase(at);
        return edge;
      };
      Edge edge = take(pieces.begin());
      const Node start = edge.first;
      std::vector<Node> found{start};
      while (edge.second != start) {
        found.push_back(edge.second);
        auto best = pieces.end();
        for (auto at = pieces.lower_bound({edge.second, {INT64_MIN, INT64_MIN}});
             at != pieces.end() && at->first.first == edge.second; ++at)
          if (best == pieces.end() || turn(edge, at->first) > turn(edge, best->first)) best = at;
        if (best == pieces.end()) break;
        edge = take(best);
      }
      Polygon corners = corners_of(found, per_nm);
      if (corners.size() >= 3) out.push_back(std::move(corners));
    }
  }
  return out;
}

}  // namespace reticle
