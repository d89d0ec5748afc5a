// SPDX-License-Identifier: Apache-2.0
#include "tests/reference/covered_area.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace reticle::reference {

namespace {

using Real = long double;

struct Edge {  // x0 < x1
  Real x0, y0, x1, y1;
  int turn;  // +1 rightwards, -1 leftwards
  std::size_t polygon;
  Real at(Real x) const { return y0 + (y1 - y0) * ((x - x0) / (x1 - x0)); }
};

std::vector<Edge> edges_of(std::span<const Polygon> polygons) {
  std::vector<Edge> edges;
  for (std::size_t p = 0; p < polygons.size(); ++p)
    for (std::size_t i = 0; i < polygons[p].size(); ++i) {
      const Point &a = polygons[p][i], &b = polygons[p][(i + 1) % polygons[p].size()];
      if (a.x < b.x) edges.push_back({a.x, a.y, b.x, b.y, 1, p});
      if (a.x > b.x) edges.push_back({b.x, b.y, a.x, a.y, -1, p});
    }
  std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) { return a.x0 < b.x0; });
  return edges;
}

std::vector<Real> slab_ends(const std::vector<Edge>& edges) {
  std::vector<Real> ends;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    ends.push_back(edges[i].x0);
    ends.push_back(edges[i].x1);
    for (std::size_t j = i + 1; j < edges.size() && edges[j].x0 < edges[i].x1; ++j) {
      const Real left = edges[j].x0, right = std::min(edges[i].x1, edges[j].x1);
      const Real before = edges[i].at(left) - edges[j].at(left);
      const Real after = edges[i].at(right) - edges[j].at(right);
      if ((before < 0) != (after < 0))
        ends.push_back(left + (right - left) * (before / (before - after)));
    }
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

}  // namespace

double covered_area(std::span<const Polygon> polygons) {
  const std::vector<Edge> edges = edges_of(polygons);
  const std::vector<Real> ends = slab_ends(edges);
  std::vector<int> winding(polygons.size(), 0);
  std::vector<std::pair<Real, const Edge*>> across;
  std::vector<const Edge*> active;
  std::size_t next = 0;
  Real area = 0;
  for (std::size_t s = 1; s < ends.size(); ++s) {
    const Real middle = (ends[s - 1] + ends[s]) / 2;
    for (; next < edges.size() && edges[next].x0 < middle; ++next) active.push_back(&edges[next]);
    std::erase_if(active, [&](const Edge* edge) { return edge->x1 <= middle; });
    across.clear();
    for (const Edge* edge : active) across.push_back({edge->at(middle), edge});
    std::sort(across.begin(), across.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::fill(winding.begin(), winding.end(), 0);
    int covers = 0;  // polygons that are wound around what lies above
    Real length = 0;
    for (std::size_t i = 0; i < across.size(); ++i) {
      if (covers > 0) length += across[i].first - across[i - 1].first;
      int& count = winding[across[i].second->polygon];
      covers -= count != 0;
      count += across[i].second->turn;
      covers += count != 0;
    }
    area += (ends[s] - ends[s - 1]) * length;
  }
  return static_cast<double>(area);
}

Cover cover_at(std::span<const Polygon> polygons, Point at) {
  Cover cover{.edge_distance = std::numeric_limits<double>::infinity()};
  for (const Polygon& polygon : polygons) {
    int winding = 0;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
      const Point &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
      const double ux = b.x - a.x, uy = b.y - a.y, px = at.x - a.x, py = at.y - a.y;
      const double length2 = ux * ux + uy * uy;
      const double t = length2 > 0.0 ? std::clamp((ux * px + uy * py) / length2, 0.0, 1.0) : 0.0;
      cover.edge_distance = std::min(cover.edge_distance, std::hypot(px - t * ux, py - t * uy));
      const double side = ux * py - uy * px;
      if (a.y <= at.y && b.y > at.y && side > 0.0) ++winding;
      if (a.y > at.y && b.y <= at.y && side < 0.0) --winding;
    }
    cover.inside = cover.inside || winding != 0;
  }
  return cover;
}

}  // namespace reticle::reference
