// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/pattern_outline.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "litho/geometry/polygon_area.h"

namespace reticle {

namespace {

constexpr double k_tolerance_nm = 1e-6;

double cross(Point u, Point v) { return u.x * v.y - u.y * v.x; }
double dot(Point u, Point v) { return u.x * v.x + u.y * v.y; }
Point between(Point a, Point b) { return {b.x - a.x, b.y - a.y}; }

// An edge of a shape, the shape to its left.
struct Side {
  Point a, b, along;
  double length;
  std::complex<double> inside;

  Point at(double place) const {
    if (place == length) return b;
    return {a.x + place * along.x, a.y + place * along.y};
  }
};

// Where another shape touches a side, as lengths from its start.
struct Contact {
  double from, to;
  std::complex<double> outside;
};

std::vector<Side> sides_of(std::span<const PatternShape> shapes) {
  std::vector<Side> sides;
  for (const PatternShape& shape : shapes) {
    const Polygon& points = shape.polygon;
    const bool clockwise = signed_area(points) < 0.0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      Point a = points[i], b = points[(i + 1) % points.size()];
      if (clockwise) std::swap(a, b);
      const double length = std::hypot(b.x - a.x, b.y - a.y);
      if (length > 0.0)
        sides.push_back({a, b, {(b.x - a.x) / length, (b.y - a.y) / length}, length, shape.transmission});
    }
  }
  return sides;
}

class Contacts {
 public:
  explicit Contacts(const Pattern& pattern) : pattern_(pattern) {}

  // With the other side and all its copies that run back along this one.
  void find(const Side& side, const Side& other) {
    if (dot(side.along, other.along) > -0.9) return;
    const Range xs = shifts(side.a.x, side.b.x, other.a.x, other.b.x, pattern_.period_x_nm);
    if (!(xs.first <= xs.last)) return;
    const Range ys = shifts(side.a.y, side.b.y, other.a.y, other.b.y, pattern_.period_y_nm);
    for (double ky = ys.first; ky <= ys.last; ++ky)
      for (double kx = xs.first; kx <= xs.last; ++kx)
        add(side, other, {kx * pattern_.period_x_nm, ky * pattern_.period_y_nm});
  }

  // In their order along the side; the next side begins anew.
  std::vector<Contact> take() {
    std::sort(found_.begin(), found_.end(),
              [](const Contact& p, const Contact& q) { return p.from < q.from; });
    return std::exchange(found_, {});
  }

 private:
  struct Range {
    double first, last;
  };

  Range shifts(double a0, double a1, double c0, double c1, double period) const {
    return {std::ceil((std::min(a0, a1) - std::max(c0, c1) - k_tolerance_nm) / period),
            std::floor((std::max(a0, a1) - std::min(c0, c1) + k_tolerance_nm) / period)};
  }

  void add(const Side& side, const Side& other, Point shift) {
    const Point begin = between(side.a, {other.b.x + shift.x, other.b.y + shift.y});
    const Point end = between(side.a, {other.a.x + shift.x, other.a.y + shift.y});
    const double p = dot(side.along, begin), q = dot(side.along, end);
    const double from = std::max(p, 0.0), to = std::min(q, side.length);
    if (to - from <= k_tolerance_nm) return;
    const double slope = (cross(side.along, end) - cross(side.along, begin)) / (q - p);
    for (const double place : {from, to})
      if (std::abs(cross(side.along, begin) + slope * (place - p)) > k_tolerance_nm) return;
    found_.push_back({from, to, other.inside});
  }

  const Pattern& pattern_;
  std::vector<Contact> found_;
};

}  // namespace

bool same_transmission(std::complex<double> a, std::complex<double> b) { return std::abs(a - b) < 1e-12; }

std::vector<OutlineEdge> outline_edges(const Pattern& pattern, std::span<const PatternShape> shapes) {
  const std::vector<Side> sides = sides_of(shapes);
  std::vector<OutlineEdge> edges;
  Contacts contacts(pattern);
  for (const Side& side : sides) {
    const auto add = [&](double from, double to, std::complex<double> outside) {
      if (to - from > 10.0 * k_tolerance_nm && !same_transmission(side.inside, outside))
        edges.push_back({side.at(from), side.at(to), side.inside, outside});
    };
    for (const Side& other : sides) contacts.find(side, other);
    double place = 0.0;
    for (const Contact& contact : contacts.take()) {
      add(place, contact.from, pattern.background);
      add(std::max(place, contact.from), contact.to, contact.outside);
      place = std::max(place, contact.to);
    }
    add(place, side.length, pattern.background);
  }
  return edges;
}

}  // namespace reticle
