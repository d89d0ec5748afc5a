// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/connectivity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

namespace reticle {

namespace {

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
      blocks_.push_back(box);
    }
  }
  const std::vector<Point>& points() const { return points_; }

  struct Nearest {
    double square = std::numeric_limits<double>::infinity();  // of the distance
    std::size_t point = 0;                                    // the first of equally near ones
  };
  // `guess`: a point that may be near.
  Nearest nearest(Point from, std::size_t guess) const {
    Nearest best;
    look_at(guess / k_block, from, best);
    for (std::size_t block = 0; block < blocks_.size(); ++block) {
      const Box& box = blocks_[block];
      const double dx = std::max({box.x0 - from.x, from.x - box.x1, 0.0}), dy = std::max({box.y0 - from.y, from.y - box.y1, 0.0});
      if (const double least = dx * dx + dy * dy; least > best.square || (least == best.square && block * k_block > best.point)) continue;
      look_at(block, from, best);
    }
    return best;
  }

 private:
  static constexpr std::size_t k_block = 16;
  void look_at(std::size_t block, Point from, Nearest& best) const {
    for (std::size_t k = block * k_block; k < std::min((block + 1) * k_block, points_.size()); ++k) {
      const double dx = points_[k].x - from.x, dy = points_[k].y - from.y, square = dx * dx + dy * dy;
      if (square < best.square || (square == best.square && k < best.point)) best = {square, k};
    }
  }
  std::vector<Point> points_;
  std::vector<Box> blocks_;
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
  for (std::size_t i = 0; i < outlines.size(); ++i)
    for (std::size_t k = i + 1; k < outlines.size(); ++k) {
      NearPoints::Nearest last;
      for (const Point& a : outlines[i].points()) {
        last = outlines[k].nearest(a, last.point);
        const Point& to = outlines[k].points()[last.point];
        ways.push_back({std::sqrt(last.square), {0.5 * (a.x + to.x), 0.5 * (a.y + to.y)}, ways.size()});
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
    if (way.length > neck.length + 0.02) break;
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
