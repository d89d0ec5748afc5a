// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/overlay.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "kernels/base/error.h"
#include "litho/geometry/box.h"
#include "litho/geometry/polygon_area.h"
#include "litho/geometry/rings.h"
#include "litho/verification/edge_buckets.h"

namespace reticle {

namespace {

double cross(Point o, Point a, Point b) { return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x); }

// Twice the area between a piece of outline and an origin.
double twice_area(const Polygon& piece, Point origin) {
  double twice = 0.0;
  for (std::size_t i = 1; i < piece.size(); ++i) twice += cross(origin, piece[i - 1], piece[i]);
  return twice;
}

Polygon closed(const Polygon& ring) {
  Polygon out = ring;
  out.push_back(ring.front());
  return out;
}

double area_of(std::span<const Polygon> rings) {
  double area = 0.0;
  for (const Polygon& ring : rings) area += signed_area(ring);
  return area;
}

Polygon reversed(Polygon piece) {
  std::reverse(piece.begin(), piece.end());
  return piece;
}

// A loop of a region's boundary, and what it is made of.
struct Loop {
  Polygon points;
  double area = 0.0;
  std::vector<Polygon> own, other;
};

std::vector<OverlayRegion> nested(std::vector<Loop> loops) {
  std::vector<OverlayRegion> regions;
  std::vector<std::size_t> outer, inner;
  for (std::size_t i = 0; i < loops.size(); ++i) (loops[i].area > 0.0 ? outer : inner).push_back(i);
  // The smallest first: a hole belongs to the first that holds it.
  std::stable_sort(outer.begin(), outer.end(),
                   [&](std::size_t a, std::size_t b) { return loops[a].area < loops[b].area; });
  std::vector<std::vector<std::size_t>> holes(outer.size());
  for (const std::size_t i : inner)
    for (std::size_t k = 0; k < outer.size(); ++k) {
      if (loops[outer[k]].area < -loops[i].area ||
          !is_inside({&loops[outer[k]].points, 1}, loops[i].points.front()))
        continue;
      holes[k].push_back(i);
      break;
    }
  const auto append = [](std::vector<Polygon>& to, std::vector<Polygon>& from) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
  };
  for (std::size_t k = 0; k < outer.size(); ++k) {
    OverlayRegion region;
    holes[k].insert(holes[k].begin(), outer[k]);
    for (const std::size_t i : holes[k]) {
      region.area_nm2 += loops[i].area;
      append(region.own, loops[i].own);
      append(region.other, loops[i].other);
      region.loops.push_back(std::move(loops[i].points));
    }
    regions.push_back(std::move(region));
  }
  return regions;
}

}  // namespace

Overlay::Overlay(std::span<const Polygon> a, std::span<const Polygon> b) {
  a_.rings = a, b_.rings = b;
  area_a_ = area_of(a), area_b_ = area_of(b);
  find_crossings();
  sort(a_), sort(b_);
  place_uncrossed(a_, b_), place_uncrossed(b_, a_);
}

void Overlay::find_crossings() {
  a_.stops.resize(a_.rings.size()), b_.stops.resize(b_.rings.size());
  const EdgeBuckets buckets(b_.rings);
  std::vector<std::uint32_t> near;
  for (std::size_t r = 0; r < a_.rings.size(); ++r) {
    const Polygon& ring = a_.rings[r];
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Point p = ring[i], q = ring[(i + 1) % ring.size()];
      buckets.near(p, q, near);
      for (const std::uint32_t place : near) {
        const EdgeBuckets::Edge& edge = buckets.edges()[place];
        const double p_side = cross(edge.from, edge.to, p), q_side = cross(edge.from, edge.to, q);
        if ((p_side >= 0.0) == (q_side >= 0.0)) continue;
        const double from_side = cross(p, q, edge.from), to_side = cross(p, q, edge.to);
        if ((from_side >= 0.0) == (to_side >= 0.0)) continue;
        const double part = p_side / (p_side - q_side);
        const int crossing = static_cast<int>(crossings_.size());
        crossings_.push_back({p.x + part * (q.x - p.x), p.y + part * (q.y - p.y)});
        const bool a_enters = q_side >= 0.0;  // the inside of b lies on its left
        a_.stops[r].push_back({crossing, static_cast<int>(i), part, a_enters});
        b_.stops[static_cast<std::size_t>(edge.ring)].push_back(
            {crossing, edge.index, from_side / (from_side - to_side), !a_enters});
      }
    }
  }
}

void Overlay::sort(Side& side) const {
  side.at.resize(crossings_.size());
  for (std::size_t r = 0; r < side.stops.size(); ++r) {
    std::vector<Stop>& stops = side.stops[r];
    std::sort(stops.begin(), stops.end(), [](const Stop& a, const Stop& b) {
      return a.edge != b.edge ? a.edge < b.edge : a.part < b.part;
    });
    for (std::size_t i = 0; i < stops.size(); ++i)
      side.at[static_cast<std::size_t>(stops[i].crossing)] = {static_cast<int>(r), static_cast<int>(i)};
  }
}

void Overlay::place_uncrossed(Side& side, const Side& other) const {
  side.inside.assign(side.rings.size(), 0);
  std::vector<Box> boxes;
  for (const Polygon& ring : other.rings) boxes.push_back(bounds_of(ring));
  for (std::size_t r = 0; r < side.rings.size(); ++r) {
    if (!side.stops[r].empty() || side.rings[r].empty()) continue;
    const Point p = side.rings[r].front();
    bool inside = false;
    for (std::size_t i = 0; i < boxes.size(); ++i)
      if (p.x > boxes[i].x0 && p.x < boxes[i].x1 && p.y >= boxes[i].y0 && p.y <= boxes[i].y1)
        inside ^= is_inside({&other.rings[i], 1}, p);
    side.inside[r] = inside;
  }
}

Polygon Overlay::forwards(const Side& side, int ring, const Stop& from, const Stop& to) const {
  const Polygon& points = side.rings[static_cast<std::size_t>(ring)];
  const int n = static_cast<int>(points.size());
  Polygon piece{crossings_[static_cast<std::size_t>(from.crossing)]};
  int steps = to.edge - from.edge;
  if (steps < 0 || (steps == 0 && to.part <= from.part)) steps += n;
  for (int i = 1; i <= steps; ++i) piece.push_back(points[static_cast<std::size_t>((from.edge + i) % n)]);
  piece.push_back(crossings_[static_cast<std::size_t>(to.crossing)]);
  return piece;
}

double Overlay::only_a_nm2() const {
  if (a_.rings.empty()) return 0.0;
  const Point origin = a_.rings.front().front();
  double twice = 0.0;
  const auto add = [&](const Side& side, bool inside, double sign) {
    for (std::size_t r = 0; r < side.rings.size(); ++r) {
      const std::vector<Stop>& stops = side.stops[r];
      if (stops.empty() && (side.inside[r] != 0) == inside && !side.rings[r].empty())
        twice += sign * twice_area(closed(side.rings[r]), origin);
      for (std::size_t i = 0; i < stops.size(); ++i)
        if (stops[i].enters == inside)
          twice += sign * twice_area(forwards(side, static_cast<int>(r), stops[i], stops[(i + 1) % stops.size()]), origin);
    }
  };
  add(a_, false, 1.0);
  add(b_, true, -1.0);
  return 0.5 * twice;
}

std::vector<OverlayRegion> Overlay::regions(const Side& own, const Side& other) const {
  std::vector<Loop> loops;
  const auto add_ring = [&](const Polygon& ring, bool is_own) {
    Loop loop;
    loop.points = is_own ? ring : reversed(ring);
    (is_own ? loop.own : loop.other).push_back(closed(loop.points));
    loops.push_back(std::move(loop));
  };
  for (std::size_t r = 0; r < own.rings.size(); ++r)
    if (own.stops[r].empty() && own.inside[r] == 0 && !own.rings[r].empty()) add_ring(own.rings[r], true);
  for (std::size_t r = 0; r < other.rings.size(); ++r)
    if (other.stops[r].empty() && other.inside[r] != 0) add_ring(other.rings[r], false);

  std::vector<char> done(crossings_.size(), 0);
  for (std::size_t first = 0; first < crossings_.size(); ++first) {
    const auto stop_at = [](const Side& side, std::size_t crossing, int step) -> const Stop& {
      const auto [ring, place] = side.at[crossing];
      const auto& stops = side.stops[static_cast<std::size_t>(ring)];
      const int n = static_cast<int>(stops.size());
      return stops[static_cast<std::size_t>((place + step + n) % n)];
    };
    if (done[first] || stop_at(own, first, 0).enters) continue;
    Loop loop;
    std::size_t at = first;
    // From where the own outline leaves the other set, along it, then back along the other's outline.
    for (std::size_t steps = 0; steps <= crossings_.size() && !done[at]; ++steps) {
      done[at] = 1;
      const Stop &leave = stop_at(own, at, 0), &meet = stop_at(own, at, 1);
      loop.own.push_back(forwards(own, own.at[at].first, leave, meet));
      const std::size_t there = static_cast<std::size_t>(meet.crossing);
      const Stop &turn = stop_at(other, there, 0), &back = stop_at(other, there, -1);
      loop.other.push_back(reversed(forwards(other, other.at[there].first, back, turn)));
      loop.points.insert(loop.points.end(), loop.own.back().begin(), loop.own.back().end() - 1);
      loop.points.insert(loop.points.end(), loop.other.back().begin(), loop.other.back().end() - 1);
      at = static_cast<std::size_t>(back.crossing);
    }
    loops.push_back(std::move(loop));
  }
  for (Loop& loop : loops) loop.area = signed_area(loop.points);
  return nested(std::move(loops));
}

}  // namespace reticle
