// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/planar_rings.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <numeric>
#include <utility>

#include "litho/geometry/sweep.h"

namespace reticle::planar {

namespace {

// A directed edge of a ring: what is inside lies to its left.
struct Side {
  GridPoint from, to;
  std::uint32_t next = 0;
  bool leaves_a_touch = false;  // other rings, or this one again, pass through `from`
};

// Of vectors from one point: their cross product, and whether they point the same way.
Wide turn(const GridPoint& at, const GridPoint& p, const GridPoint& q) { return cross(at, p, q); }
bool opposite(const GridPoint& at, const GridPoint& p, const GridPoint& q) {
  return Wide{p.x - at.x} * (q.x - at.x) + Wide{p.y - at.y} * (q.y - at.y) < 0;
}

// Whether a ray from `at` through `first`, turned clockwise, meets p before q.
bool clockwise_before(const GridPoint& at, const GridPoint& first, const GridPoint& p, const GridPoint& q) {
  const auto part = [&](const GridPoint& to) {
    const Wide side = turn(at, first, to);
    if (side != 0) return side < 0 ? 1 : 3;
    return opposite(at, first, to) ? 2 : 4;
  };
  const int of_p = part(p), of_q = part(q);
  return of_p != of_q ? of_p < of_q : turn(at, p, q) < 0;
}

// Joins each side to the one that bounds the same corner of the inside: the next clockwise.
void join(std::vector<Side>& sides) {
  std::vector<std::uint32_t> in(sides.size()), out(sides.size());
  std::iota(in.begin(), in.end(), 0u);
  std::iota(out.begin(), out.end(), 0u);
  std::sort(in.begin(), in.end(), [&](auto i, auto j) { return sides[i].to < sides[j].to; });
  std::sort(out.begin(), out.end(), [&](auto i, auto j) { return sides[i].from < sides[j].from; });
  for (std::size_t begin = 0, end = 0; begin < sides.size(); begin = end) {
    const GridPoint at = sides[in[begin]].to;
    while (end < sides.size() && sides[in[end]].to == at) ++end;
    for (std::size_t i = begin; i < end; ++i) {
      sides[out[i]].leaves_a_touch = end - begin > 1;
      std::uint32_t best = out[begin];
      for (std::size_t o = begin + 1; o < end; ++o)
        if (clockwise_before(at, sides[in[i]].from, sides[out[o]].to, sides[best].to)) best = out[o];
      sides[in[i]].next = best;
    }
  }
}

// The smallest of the ring's beginnings.
void rotate_to_smallest(Ring& ring) {
  const GridPoint smallest = *std::min_element(ring.begin(), ring.end());
  Ring best;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    if (ring[i] != smallest) continue;
    Ring candidate(ring.begin() + static_cast<std::ptrdiff_t>(i), ring.end());
    candidate.insert(candidate.end(), ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(i));
    if (best.empty() || candidate < best) best = std::move(candidate);
  }
  ring = std::move(best);
}

// All points of the rings but those within an edge that no other ring touches.
std::vector<Ring> walked(const std::vector<Side>& sides) {
  std::vector<char> done(sides.size(), 0);
  std::vector<Ring> rings;
  for (std::size_t first = 0; first < sides.size(); ++first) {
    Ring ring;
    for (std::size_t i = first; !done[i]; i = sides[i].next) {
      done[i] = 1;
      const Side& side = sides[sides[i].next];
      if (side.leaves_a_touch || cross(sides[i].from, side.from, side.to) != 0) ring.push_back(side.from);
    }
    if (ring.size() < 3) continue;
    rotate_to_smallest(ring);
    rings.push_back(std::move(ring));
  }
  std::sort(rings.begin(), rings.end());
  return rings;
}

struct Cut {
  GridPoint from, to;
};

// Sides joined to rings, and cuts between their corners.
class Cuts {
 public:
  Cuts(std::vector<Side>& sides, const std::vector<Cut>& cuts) : sides_(sides) {
    for (const Cut& cut : cuts) arriving_[cut.from], arriving_[cut.to];
    for (std::size_t i = 0; i < sides.size(); ++i)
      if (const auto found = arriving_.find(sides[i].to); found != arriving_.end())
        found->second.push_back(static_cast<std::uint32_t>(i));
    for (const Cut& cut : cuts) add(cut.from, cut.to);
  }

 private:
  void add(const GridPoint& p, const GridPoint& q) {
    const std::uint32_t at_p = corner(p, q), at_q = corner(q, p);
    const auto there = static_cast<std::uint32_t>(sides_.size()), back = there + 1;
    sides_.push_back({p, q, sides_[at_q].next});
    sides_.push_back({q, p, sides_[at_p].next});
    sides_[at_p].next = there;
    sides_[at_q].next = back;
    arriving_[q].push_back(there);
    arriving_[p].push_back(back);
  }

  // The side that arrives at the corner into which a cut from `at` to `to` leads.
  std::uint32_t corner(const GridPoint& at, const GridPoint& to) const {
    const std::vector<std::uint32_t>& sides = arriving_.at(at);
    for (const std::uint32_t side : sides)
      if (clockwise_before(at, sides_[side].from, to, sides_[sides_[side].next].to)) return side;
    return sides.front();
  }

  std::vector<Side>& sides_;
  std::map<GridPoint, std::vector<std::uint32_t>> arriving_;
};

}  // namespace

Wide twice_area(const Ring& ring) {
  Wide sum = 0;
  for (std::size_t i = 2; i < ring.size(); ++i) sum += cross(ring[0], ring[i - 1], ring[i]);
  return sum;
}

Ring without_idle_points(Ring ring) {
  for (bool changed = true; changed && ring.size() >= 3;) {
    Ring kept;
    for (const GridPoint& p : ring) {
      while (kept.size() >= 2 && cross(kept[kept.size() - 2], kept.back(), p) == 0) kept.pop_back();
      if (kept.empty() || kept.back() != p) kept.push_back(p);
    }
    // Around the place where it starts.
    std::size_t begin = 0, end = kept.size();
    while (end - begin >= 3) {
      if (cross(kept[end - 2], kept[end - 1], kept[begin]) == 0)
        --end;
      else if (cross(kept[end - 1], kept[begin], kept[begin + 1]) == 0)
        ++begin;
      else
        break;
    }
    kept = Ring(kept.begin() + static_cast<std::ptrdiff_t>(begin), kept.begin() + static_cast<std::ptrdiff_t>(end));
    changed = kept.size() != ring.size();
    ring = std::move(kept);
  }
  if (ring.size() < 3) return {};
  rotate_to_smallest(ring);
  return ring;
}

std::vector<Ring> without_idle_points(std::vector<Ring> rings) {
  std::vector<Ring> kept;
  for (Ring& ring : rings)
    if (Ring left = without_idle_points(std::move(ring)); !left.empty()) kept.push_back(std::move(left));
  std::sort(kept.begin(), kept.end());
  return kept;
}

std::vector<Ring> rings_of(const std::vector<Edge>& edges, const Inside& inside) {
  struct Counts {
    int shape = 0, frame = 0;
  };
  std::vector<Span> spans;
  for (const Edge& e : edges) spans.push_back({e.a, e.b});
  std::vector<Counts> above(edges.size());
  std::vector<Side> sides;
  Sweep(spans).run([&](const GridPoint&, std::uint32_t below, const std::vector<std::uint32_t>& starting) {
    Counts counts = below == Sweep::k_none ? Counts{} : above[below];
    for (const std::uint32_t i : starting) {
      const bool inside_below = inside(counts.shape, counts.frame);
      counts.shape += edges[i].shape;
      counts.frame += edges[i].frame;
      above[i] = counts;
      const bool inside_above = inside(counts.shape, counts.frame);
      if (inside_above && !inside_below) sides.push_back({edges[i].a, edges[i].b});
      if (inside_below && !inside_above) sides.push_back({edges[i].b, edges[i].a});
    }
  });
  join(sides);
  return walked(sides);
}

// A hole begins at its smallest point, with inside below. The sweep remembers for each side the last point
// seen right above it: nothing stands between the two, so that a cut crosses nothing [M. Garey, D. Johnson,
// F. Preparata and R. Tarjan, Inf. Proc. Lett. 7 (1978) 175: split vertices].
std::vector<Ring> holes_joined(std::vector<Ring> rings) {
  std::vector<GridPoint> holes;
  for (const Ring& ring : rings)
    if (twice_area(ring) < 0) holes.push_back(ring.front());
  if (holes.empty()) return without_idle_points(std::move(rings));
  std::vector<Side> sides;
  for (const Ring& ring : rings) {
    const auto first = static_cast<std::uint32_t>(sides.size());
    for (std::size_t i = 0; i < ring.size(); ++i)
      sides.push_back({ring[i], ring[(i + 1) % ring.size()], first + static_cast<std::uint32_t>((i + 1) % ring.size())});
  }
  std::vector<Span> spans;
  for (const Side& side : sides) spans.push_back({std::min(side.from, side.to), std::max(side.from, side.to)});
  std::vector<GridPoint> last_above(spans.size());
  std::vector<Cut> cuts;
  std::sort(holes.begin(), holes.end());
  std::size_t next = 0;
  Sweep(spans).run([&](const GridPoint& p, std::uint32_t below, const std::vector<std::uint32_t>& starting) {
    for (; next < holes.size() && holes[next] == p; ++next)
      if (below != Sweep::k_none) cuts.push_back({p, last_above[below]});
    if (below != Sweep::k_none) last_above[below] = p;
    for (const std::uint32_t i : starting) last_above[i] = p;
  });
  Cuts(sides, cuts);
  return without_idle_points(walked(sides));
}

}  // namespace reticle::planar
