// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/connectivity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <tuple>
#include <utility>

namespace reticle {

namespace {

constexpr double k_alike = 0.02;   // nm, of ways that are taken for equally long
constexpr double k_step_nm = 2.0;  // between points of an outline that are compared

Box box_around(const OverlayRegion& region) {
  Box box{1e300, 1e300, -1e300, -1e300};
  for (const Polygon& loop : region.loops)
    for (const Point& p : loop) {
      box.x0 = std::min(box.x0, p.x), box.x1 = std::max(box.x1, p.x);
      box.y0 = std::min(box.y0, p.y), box.y1 = std::max(box.y1, p.y);
    }
  return box;
}

// Of the area within the loops.
Point centroid(const OverlayRegion& region) {
  const Point o = region.loops.front().front();
  double twice = 0.0, x = 0.0, y = 0.0;
  for (const Polygon& loop : region.loops)
    for (std::size_t i = 0; i < loop.size(); ++i) {
      const Point &p = loop[i], &q = loop[(i + 1) % loop.size()];
      const double area = (p.x - o.x) * (q.y - o.y) - (p.y - o.y) * (q.x - o.x);
      twice += area;
      x += area * (p.x + q.x - 2 * o.x) / 3.0, y += area * (p.y + q.y - 2 * o.y) / 3.0;
    }
  return twice > 0.0 ? Point{o.x + x / twice, o.y + y / twice} : o;
}

std::vector<Point> points_along(const Polygon& part) {
  std::vector<Point> points;
  for (std::size_t i = 1; i < part.size(); ++i) {
    const Point a = part[i - 1], b = part[i];
    const int steps = std::max(1, static_cast<int>(std::ceil(std::hypot(b.x - a.x, b.y - a.y) / k_step_nm)));
    for (int s = 0; s < steps; ++s)
      points.push_back({a.x + (b.x - a.x) * s / steps, a.y + (b.y - a.y) * s / steps});
  }
  if (!part.empty()) points.push_back(part.back());
  return points;
}

// An outline's points in blocks of near ones, so that the nearest to a place is found without looking at all.
class NearPoints {
 public:
  explicit NearPoints(std::vector<Point> points) : points_(std::move(points)) {
    for (std::size_t i = 0; i < points_.size(); i += k_block) {
      Box box{points_[i].x, points_[i].y, points_[i].x, points_[i].y};
      for (std::size_t k = i; k < std::min(i + k_block, points_.size()); ++k) {
        box.x0 = std::min(box.x0, points_[k].x), box.x1 = std::max(box.x1, points_[k].x);
        box.y0 = std::min(box.y0, points_[k].y), box.y1 = std::max(box.y1, points_[k].y);
      }
      boxes_.push_back(box);
    }
  }
  const std::vector<Point>& points() const { return points_; }

  static constexpr std::size_t k_block = 16;
  std::size_t blocks() const { return boxes_.size(); }
  const Box& box(std::size_t block) const { return boxes_[block]; }
  std::span<const Point> of_block(std::size_t block) const {
    return std::span(points_).subspan(block * k_block, std::min(k_block, points_.size() - block * k_block));
  }

  struct Nearest {
    double square = std::numeric_limits<double>::infinity();  // of the distance
    std::size_t point = 0;                                    // the first of equally near ones
  };
  // Among the points of some blocks, in their order; `within`, the square of a distance, if there are any that near.
  Nearest nearest(Point from, std::span<const std::uint32_t> blocks, double within) const {
    Nearest best{std::nextafter(within, std::numeric_limits<double>::infinity()), points_.size()};
    for (const std::uint32_t block : blocks) {
      if (square_between({from.x, from.y, from.x, from.y}, boxes_[block]) > best.square) continue;
      const std::size_t first = block * k_block;
      for (std::size_t k = first; k < std::min(first + k_block, points_.size()); ++k) {
        const double dx = points_[k].x - from.x, dy = points_[k].y - from.y, square = dx * dx + dy * dy;
        if (square < best.square) best = {square, k};
      }
    }
    return best;
  }
  // Of the least distance between two boxes.
  static double square_between(const Box& a, const Box& b) {
    const double dx = std::max({a.x0 - b.x1, b.x0 - a.x1, 0.0}), dy = std::max({a.y0 - b.y1, b.y0 - a.y1, 0.0});
    return dx * dx + dy * dy;
  }

 private:
  std::vector<Point> points_;
  std::vector<Box> boxes_;  // of blocks
};

// is_inside() of one set of rings, asked often: their edges by level.
class Inside {
 public:
  explicit Inside(const std::vector<Polygon>& rings) {
    std::vector<Edge> edges;
    for (const Polygon& ring : rings)
      for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) edges.push_back({ring[j], ring[i]});
    double y1 = edges.front().a.y;
    y0_ = y1;
    for (const Edge& edge : edges) y0_ = std::min(y0_, edge.a.y), y1 = std::max(y1, edge.a.y);
    levels_.resize(edges.size() / 4 + 1);
    per_nm_ = static_cast<double>(levels_.size()) / std::max(y1 - y0_, 1e-9);
    for (const Edge& edge : edges)
      for (std::size_t l = level(std::min(edge.a.y, edge.b.y)); l <= level(std::max(edge.a.y, edge.b.y)); ++l) levels_[l].push_back(edge);
  }
  bool operator()(Point p) const {
    bool inside = false;
    for (const auto& [a, b] : levels_[level(p.y)]) {
      if ((a.y > p.y) == (b.y > p.y)) continue;
      if (a.x + (p.y - a.y) * (b.x - a.x) / (b.y - a.y) > p.x) inside = !inside;
    }
    return inside;
  }

 private:
  struct Edge {
    Point a, b;
  };
  std::size_t level(double y) const {
    return static_cast<std::size_t>(std::clamp((y - y0_) * per_nm_, 0.0, static_cast<double>(levels_.size() - 1)));
  }
  double y0_ = 0.0, per_nm_ = 0.0;
  std::vector<std::vector<Edge>> levels_;
};

struct Neck {
  Point place;
  double length = std::numeric_limits<double>::infinity();
};

// The shortest way through the region from one part of an outline to another.
Neck shortest_way(const OverlayRegion& region, const Inside& is_in_region, const std::vector<Polygon>& parts) {
  struct Way {
    double length;
    Point middle;
    std::size_t number;  // ways of one length in the order of the outlines
  };
  std::vector<NearPoints> outlines;
  for (const Polygon& part : parts) outlines.emplace_back(points_along(part));
  std::vector<Way> ways;
  // Ways longer than one through the region are not asked for, but for those as long as it to k_alike.
  double longest = std::numeric_limits<double>::infinity();
  std::vector<std::uint32_t> blocks;
  for (std::size_t i = 0; i < outlines.size(); ++i)
    for (std::size_t k = i + 1; k < outlines.size(); ++k)
      for (std::size_t block = 0; block < outlines[i].blocks(); ++block) {
        blocks.clear();
        for (std::size_t other = 0; other < outlines[k].blocks(); ++other)
          if (NearPoints::square_between(outlines[i].box(block), outlines[k].box(other)) <= longest * longest)
            blocks.push_back(static_cast<std::uint32_t>(other));
        if (blocks.empty()) continue;
        for (const Point& a : outlines[i].of_block(block)) {
          const NearPoints::Nearest nearest = outlines[k].nearest(a, blocks, longest * longest);
          if (nearest.point == outlines[k].points().size()) continue;
          const Point& to = outlines[k].points()[nearest.point];
          const Way way{std::sqrt(nearest.square), {0.5 * (a.x + to.x), 0.5 * (a.y + to.y)}, ways.size()};
          ways.push_back(way);
          if (way.length + k_alike < longest && is_in_region(way.middle)) longest = way.length + k_alike;
        }
      }
  // Few are asked for: they come off a heap.
  const auto later = [](const Way& a, const Way& b) { return std::tie(a.length, a.number) > std::tie(b.length, b.number); };
  std::make_heap(ways.begin(), ways.end(), later);
  // Ways of the same length stand side by side: their middle.
  Neck neck;
  Point sum;
  int count = 0;
  for (; !ways.empty(); ways.pop_back()) {
    std::pop_heap(ways.begin(), ways.end(), later);
    const Way& way = ways.back();
    if (way.length > neck.length + k_alike) break;
    if (!is_in_region(way.middle)) continue;
    if (count == 0) neck.length = way.length;
    if (count > 0 && std::hypot(way.middle.x - sum.x / count, way.middle.y - sum.y / count) > 0.5 * neck.length + 50.0)
      continue;
    sum.x += way.middle.x, sum.y += way.middle.y;
    ++count;
  }
  neck.place = count > 0 ? Point{sum.x / count, sum.y / count} : centroid(region);
  if (count == 0) neck.length = 0.0;
  return neck;
}

// bounding: parts of the outline that covers the region; joined: of the other.
ConnectivityFault joining(Fault fault, const OverlayRegion& region) {
  ConnectivityFault found{fault, centroid(region), box_around(region), region.area_nm2, 0.0};
  // Where it is narrowest; where nothing narrows it, between what it joins.
  const Inside is_in_region(region.loops);
  const Neck across = shortest_way(region, is_in_region, region.other);
  found.length_nm = across.length;
  found.place = across.place;
  if (region.own.size() >= 2) {
    const Neck narrowest = shortest_way(region, is_in_region, region.own);
    if (narrowest.length > 0.0) found.place = narrowest.place;
  }
  return found;
}

ConnectivityFault whole(Fault fault, const OverlayRegion& region) {
  return {fault, centroid(region), box_around(region), region.area_nm2, 0.0};
}

}  // namespace

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::missing: return "missing";
    case Fault::extra: return "extra";
    case Fault::bridge: return "bridge";
    case Fault::open: return "open";
    case Fault::hole: return "hole";
    case Fault::filled: return "filled";
  }
  return "";
}

std::vector<ConnectivityFault> connectivity_faults(const Overlay& printed_over_target) {
  std::vector<ConnectivityFault> faults;
  for (const OverlayRegion& region : printed_over_target.only_a()) {
    if (region.other.empty()) faults.push_back(whole(Fault::extra, region));
    else if (region.own.empty()) faults.push_back(whole(Fault::filled, region));
    else if (region.other.size() >= 2) faults.push_back(joining(Fault::bridge, region));
  }
  for (const OverlayRegion& region : printed_over_target.only_b()) {
    if (region.other.empty()) faults.push_back(whole(Fault::missing, region));
    else if (region.own.empty()) faults.push_back(whole(Fault::hole, region));
    else if (region.other.size() >= 2) faults.push_back(joining(Fault::open, region));
  }
  return faults;
}

std::vector<ConnectivityFault> connectivity_faults(std::span<const Polygon> printed,
                                                   std::span<const Polygon> target) {
  return connectivity_faults(Overlay(printed, target));
}

}  // namespace reticle
