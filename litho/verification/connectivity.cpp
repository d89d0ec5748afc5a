// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/connectivity.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "litho/geometry/rings.h"

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

struct Neck {
  Point place;
  double length = std::numeric_limits<double>::infinity();
};

// The shortest way through the region from one part of an outline to another.
Neck shortest_way(const OverlayRegion& region, const std::vector<Polygon>& parts) {
  struct Way {
    double length;
    Point middle;
  };
  std::vector<std::vector<Point>> points;
  for (const Polygon& part : parts) points.push_back(points_along(part));
  std::vector<Way> ways;
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t k = i + 1; k < points.size(); ++k)
      for (const Point& a : points[i]) {
        double least = std::numeric_limits<double>::infinity();  // squared
        Point to = a;
        for (const Point& b : points[k]) {
          const double dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
          if (square < least) least = square, to = b;
        }
        ways.push_back({std::sqrt(least), {0.5 * (a.x + to.x), 0.5 * (a.y + to.y)}});
      }
  std::stable_sort(ways.begin(), ways.end(), [](const Way& a, const Way& b) { return a.length < b.length; });
  // Ways of the same length stand side by side: their middle.
  Neck neck;
  Point sum;
  int count = 0;
  for (const Way& way : ways) {
    if (way.length > neck.length + 0.02) break;
    if (!is_inside(region.loops, way.middle)) continue;
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
  const Neck across = shortest_way(region, region.other);
  found.length_nm = across.length;
  found.place = across.place;
  if (region.own.size() >= 2) {
    const Neck narrowest = shortest_way(region, region.own);
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
