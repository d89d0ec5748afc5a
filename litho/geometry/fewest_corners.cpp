// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/fewest_corners.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "kernels/base/error.h"

namespace reticle {

namespace {

constexpr double k_weight_of_area = 30.0;  // in edges: prints see means of edges
constexpr double k_short = 3.0;            // tolerances: edges below it are jogs, from one side of the ring to the other
constexpr double k_weight_of_jog = 1.5;    // of the shortest, in edges

double cross(const Point& a, const Point& b) { return a.x * b.y - a.y * b.x; }
double dot(const Point& a, const Point& b) { return a.x * b.x + a.y * b.y; }
Point from_to(const Point& a, const Point& b) { return {b.x - a.x, b.y - a.y}; }

double distance_to_segment(const Point& p, const Point& a, const Point& b) {
  const Point u = from_to(a, b), v = from_to(a, p);
  const double length2 = dot(u, u);
  const double t = length2 > 0.0 ? std::clamp(dot(u, v) / length2, 0.0, 1.0) : 0.0;
  return std::hypot(v.x - t * u.x, v.y - t * u.y);
}

// Directions of lines from one point that pass all discs so far, from the right one counterclockwise to the left one.
class Wedge {
 public:
  Wedge(const Point& from, double radius) : from_(from), radius_(radius) {}
  // False: no line is left.
  bool pass(const Point& middle) {
    const Point v = from_to(from_, middle);
    const double tangent2 = dot(v, v) - radius_ * radius_;
    if (tangent2 <= 0.0) return true;
    const double s = radius_, c = std::sqrt(tangent2);
    const Point left{v.x * c - v.y * s, v.x * s + v.y * c}, right{v.x * c + v.y * s, v.y * c - v.x * s};
    if (!bounded_) {
      bounded_ = true, left_ = left, right_ = right;
      return true;
    }
    if (dot(v, left_) <= 0.0 && dot(v, right_) <= 0.0) return false;
    if (cross(left_, left) < 0.0) left_ = left;
    if (cross(right_, right) > 0.0) right_ = right;
    return cross(right_, left_) >= 0.0;
  }
  bool holds(const Point& to) const {
    const Point u = from_to(from_, to);
    return !bounded_ || (cross(right_, u) >= 0.0 && cross(u, left_) >= 0.0 && (dot(u, left_) > 0.0 || dot(u, right_) > 0.0));
  }

 private:
  Point from_;
  double radius_;
  bool bounded_ = false;
  Point left_, right_;
};

// Where an outline may have a corner: as what corner of the ring's.
struct Place {
  std::size_t corner;
  Point point;
};

// Outlines along a ring's corners, from the first to the last, between places near them. The first place is at the first
// corner, the last at the last, and there are no others at these.
class Chain {
 public:
  Chain(std::span<const Point> corners, std::span<const Place> places, double tolerance)
      : corners_(corners), places_(places), tolerance_(tolerance), swept_(corners.size()), first_(corners.size() + 1, places.size()) {
    for (std::size_t i = 1; i < corners.size(); ++i)
      swept_[i] = swept_[i - 1] + cross(from_to(corners[0], corners[i - 1]), from_to(corners[0], corners[i]));
    for (std::size_t k = places.size(); k-- > 0;) first_[places[k].corner] = k;
    for (std::size_t i = corners.size(); i-- > 0;) first_[i] = std::min(first_[i], first_[i + 1]);
  }

  // Its places, the first and the last among them.
  std::vector<std::size_t> solve() const {
    // Lines pass all discs; few edges end before they do, and those are looked for at the end only.
    std::vector<std::size_t> way = shortest(Ends::any);
    for (std::size_t k = 0; k + 1 < way.size(); ++k)
      if (!keeps_near(places_[way[k]], places_[way[k + 1]])) return shortest(Ends::near);
    return way;
  }

 private:
  enum class Ends { any, near };

  std::vector<std::size_t> shortest(Ends ends) const {
    const std::size_t last = places_.size() - 1;
    std::vector<double> costs(places_.size(), std::numeric_limits<double>::infinity());
    std::vector<std::size_t> before(places_.size());
    costs[0] = 0.0;
    for (std::size_t k = 0; k < last; ++k) {
      if (std::isinf(costs[k])) continue;
      const Place& from = places_[k];
      Wedge wedge(from.point, tolerance_);
      for (std::size_t j = from.corner + 1; j < corners_.size(); ++j) {
        const bool next = j == from.corner + 1;
        for (std::size_t to = first_[j]; to < first_[j + 1]; ++to) {
          if (costs[k] + 1.0 >= costs[to] || (!next && !wedge.holds(places_[to].point))) continue;
          const double cost = costs[k] + 1.0 + jog_cost(from, places_[to]) + area_cost(from, places_[to]);
          if (cost < costs[to] && (ends == Ends::any || keeps_near(from, places_[to]))) costs[to] = cost, before[to] = k;
        }
        if (!wedge.pass(corners_[j])) break;
      }
    }
    std::vector<std::size_t> way{last};
    while (way.back() != 0) way.push_back(before[way.back()]);
    std::reverse(way.begin(), way.end());
    return way;
  }

  double jog_cost(const Place& from, const Place& to) const {
    if (!(tolerance_ > 0.0)) return 0.0;
    const Point u = from_to(from.point, to.point);
    const double shortness = 1.0 - dot(u, u) / (k_short * k_short * tolerance_ * tolerance_);
    return shortness > 0.0 ? k_weight_of_jog * shortness : 0.0;
  }

  double area_cost(const Place& from, const Place& to) const {
    const auto seen = [&](const Point& p) { return from_to(corners_[0], p); };
    const Point a = seen(from.point), b = seen(to.point), p = seen(corners_[from.corner]), q = seen(corners_[to.corner]), u = from_to(a, b);
    const double length2 = dot(u, u);
    if (!(length2 > 0.0 && tolerance_ > 0.0)) return 0.0;
    const double area = 0.5 * (swept_[to.corner] - swept_[from.corner] - cross(a, b) - cross(b, q) - cross(p, a));
    return k_weight_of_area * area * area / (length2 * tolerance_ * tolerance_);
  }

  bool keeps_near(const Place& from, const Place& to) const {
    for (std::size_t i = from.corner + 1; i < to.corner; ++i)
      if (distance_to_segment(corners_[i], from.point, to.point) > tolerance_ * (1.0 + 1e-9)) return false;
    return true;
  }

  std::span<const Point> corners_;
  std::span<const Place> places_;
  double tolerance_;
  std::vector<double> swept_;       // [corner] twice the area from the first corner along the ring
  std::vector<std::size_t> first_;  // [corner] place at it or after it
};

double distance2(const Point& a, const Point& b) { return dot(from_to(a, b), from_to(a, b)); }

bool is_on_edge(const Point& p, const Box& box) { return p.x == box.x0 || p.x == box.x1 || p.y == box.y0 || p.y == box.y1; }

// Places for an outline's corners at those of a ring.
class Places {
 public:
  Places(double tolerance_nm, double step_nm, const Box& box) : tolerance2_(tolerance_nm * tolerance_nm), step_(step_nm), box_(box) {}

  // Whole steps within the tolerance of the corner that are no nearer to those beside it; where there are none, the corner.
  std::vector<Point> at(const Point& before, const Point& corner, const Point& after) const {
    std::vector<Point> points;
    if (step_ > 0.0) {
      const double reach = std::sqrt(tolerance2_);
      const auto first = [&](double v) { return std::ceil((v - reach) / step_); };
      for (double y = first(corner.y); y * step_ <= corner.y + reach; ++y)
        for (double x = first(corner.x); x * step_ <= corner.x + reach; ++x) {
          const Point p{x * step_, y * step_};
          const double away = distance2(p, corner);
          if (away <= tolerance2_ && away < distance2(p, before) && away <= distance2(p, after) && is_inside(p)) points.push_back(p);
        }
    }
    if (points.empty()) points.push_back(nearest(corner));
    return points;
  }

  // The whole step nearest to a corner, if within the tolerance; or the corner.
  Point nearest(const Point& corner) const {
    if (!(step_ > 0.0)) return corner;
    const Point p{std::round(corner.x / step_) * step_, std::round(corner.y / step_) * step_};
    return distance2(p, corner) <= tolerance2_ && is_inside(p) ? p : corner;
  }

 private:
  bool is_inside(const Point& p) const { return p.x > box_.x0 && p.x < box_.x1 && p.y > box_.y0 && p.y < box_.y1; }

  double tolerance2_, step_;
  Box box_;
};

// The outline along corners whose first and last are given as places; without the last.
std::vector<Place> outline_along(std::span<const Point> corners, const Point& first, const Point& last, double tolerance_nm,
                                 const Places& near) {
  const std::size_t end = corners.size() - 1;
  std::vector<Place> places{{0, first}};
  for (std::size_t i = 1; i < end; ++i)
    for (const Point& p : near.at(corners[i - 1], corners[i], corners[i + 1])) places.push_back({i, p});
  places.push_back({end, last});
  std::vector<std::size_t> way = Chain(corners, places, tolerance_nm).solve();
  way.pop_back();
  std::vector<Place> kept;
  for (const std::size_t k : way) kept.push_back(places[k]);
  return kept;
}

}  // namespace

Polygon fewest_corners(const Polygon& ring, double tolerance_nm, const Box& box, double step_nm) {
  if (!(tolerance_nm >= 0.0))
    throw Error(ErrorCode::invalid_argument, "the tolerance of an outline must not be negative");
  if (!(step_nm >= 0.0)) throw Error(ErrorCode::invalid_argument, "the steps of an outline must not be negative");
  if (ring.size() < 3) return {};
  const Places near(tolerance_nm, step_nm, box);
  std::vector<Point> corners = ring;
  const auto begin_at = [&](std::size_t i) { std::rotate(corners.begin(), corners.begin() + static_cast<std::ptrdiff_t>(i), corners.end()); };
  const auto lower = [&](const Point& a, const Point& b) { return a.y != b.y ? a.y < b.y : a.x < b.x; };
  const auto before = [&](const Point& a, const Point& b) {
    const bool edge_a = is_on_edge(a, box), edge_b = is_on_edge(b, box);
    return edge_a != edge_b ? edge_a : lower(a, b);
  };
  begin_at(static_cast<std::size_t>(std::min_element(corners.begin(), corners.end(), before) - corners.begin()));
  std::vector<Place> kept;
  if (is_on_edge(corners[0], box)) {
    corners.push_back(corners[0]);
    for (std::size_t from = 0, i = 1; i < corners.size(); ++i) {
      if (!is_on_edge(corners[i], box)) continue;
      const std::vector<Place> part =
          outline_along(std::span(corners).subspan(from, i - from + 1), corners[from], corners[i], tolerance_nm, near);
      kept.insert(kept.end(), part.begin(), part.end());
      from = i;
    }
  } else {
    // Around once from the nearest place; from one that is kept there, far from it, around again.
    Point start = near.nearest(corners[0]);
    for (int round = 0; round < 2; ++round) {
      corners.push_back(corners[0]);
      kept = outline_along(corners, start, start, tolerance_nm, near);
      corners.pop_back();
      if (round > 0) break;
      const Place& far = kept[kept.size() / 2];
      start = far.point;
      begin_at(far.corner);
    }
  }
  Polygon outline;
  for (const Place& place : kept)
    if (outline.empty() || place.point != outline.back()) outline.push_back(place.point);
  while (outline.size() > 1 && outline.front() == outline.back()) outline.pop_back();
  return outline.size() < 3 ? Polygon{} : outline;
}

}  // namespace reticle
