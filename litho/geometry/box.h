// SPDX-License-Identifier: Apache-2.0
// Boxes of polygons, and of one another. Lengths in nm.
#pragma once

#include <algorithm>
#include <span>

#include "litho/geometry/polygon.h"

namespace reticle {

// Of no point: a box of no size at the origin.
inline Box bounds_of(std::span<const Point> points) {
  if (points.empty()) return {};
  Box box{points[0].x, points[0].y, points[0].x, points[0].y};
  for (const Point& p : points)
    box = {std::min(box.x0, p.x), std::min(box.y0, p.y), std::max(box.x1, p.x), std::max(box.y1, p.y)};
  return box;
}

inline Box around(Point p, double half_nm) { return {p.x - half_nm, p.y - half_nm, p.x + half_nm, p.y + half_nm}; }
inline Box grown(const Box& box, double x_nm, double y_nm) {
  return {box.x0 - x_nm, box.y0 - y_nm, box.x1 + x_nm, box.y1 + y_nm};
}
inline Box grown(const Box& box, double by_nm) { return grown(box, by_nm, by_nm); }

// What both cover: without width or height, or less than that, where they do not overlap.
inline Box common(const Box& a, const Box& b) {
  return {std::max(a.x0, b.x0), std::max(a.y0, b.y0), std::min(a.x1, b.x1), std::min(a.y1, b.y1)};
}
inline bool overlap(const Box& a, const Box& b) { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1; }
// The least box that covers both.
inline Box joined(const Box& a, const Box& b) {
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

// Boxes that share a side share no point: a place belongs to the one whose lower or left side it lies on.
inline bool holds(const Box& box, Point p) { return p.x >= box.x0 && p.x < box.x1 && p.y >= box.y0 && p.y < box.y1; }

}  // namespace reticle
