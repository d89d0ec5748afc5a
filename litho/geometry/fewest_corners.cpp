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

constexpr double k_weight_of_area = 0.02;  // in edges

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
    Point v = from_to(from_, middle);
    const double length = std::hypot(v.x, v.y);
    if (length <= radius_) return true;
    v = {v.x / length, v.y / length};
    const double s = radius_ / length, c = std::sqrt(1.0 - s * s);
    const Point left{v.x * c - v.y * s, v.x * s + v.y * c}, right{v.x * c + v.y * s, v.y * c - v.x * s};
    if (!bounded_) {
      bounded_ = true, left_ = left, right_ = right;
      return true;
    }
    if (dot(v, left_) + dot(v, right_) <= 0.0) return false;
    if (cross(left_, left) < 0.0) left_ = left;
    if (cross(right_, right) > 0.0) right_ = right;
    return cross(right_, left_) >= 0.0;
  }
  bool holds(const Point& to) const {
    const Point u = from_to(from_, to);
    return !bounded_ || (cross(right_, u) >= 0.0 && cross(u, left_) >= 0.0 && dot(u, left_) + dot(u, right_) > 0.0);
  }

 private:
  Point from_;
  double radius_;
  bool bounded_ = false;
  Point left_, right_;
};

class Chain {
 public:
  // Of corners from one that stays to the next.
  Chain(std::span<const Point> corners, double tolerance) : corners_(corners), tolerance_(tolerance), swept_(corners.size()) {
    for (std::size_t i = 1; i < corners.size(); ++i)
      swept_[i] = swept_[i - 1] + cross(from_to(corners[0], corners[i - 1]), from_to(corners[0], corners[i]));
  }

  // What stays, without the last.
  Polygon solve() {
    // Lines pass all discs; few edges end before they do, and those are looked for at the end only.
    std::vector<std::size_t> way = shortest(Ends::any);
    for (std::size_t k = 0; k + 1 < way.size(); ++k)
      if (!keeps_near(way[k], way[k + 1])) {
        way = shortest(Ends::near);
        break;
      }
    Polygon kept;
    for (std::size_t k = 0; k + 1 < way.size(); ++k) kept.push_back(corners_[way[k]]);
    return kept;
  }

 private:
  enum class Ends { any, near };

  std::vector<std::size_t> shortest(Ends ends) const {
    const std::size_t last = corners_.size() - 1;
    std::vector<double> costs(corners_.size(), std::numeric_limits<double>::infinity());
    std::vector<std::size_t> before(corners_.size());
    costs[0] = 0.0;
    for (std::size_t i = 0; i < last; ++i) {
      Wedge wedge(corners_[i], tolerance_);
      for (std::size_t j = i + 1; j <= last && wedge.pass(corners_[j]); ++j) {
        if (costs[i] + 1.0 >= costs[j] || (j > i + 1 && !wedge.holds(corners_[j]))) continue;
        const double cost = costs[i] + 1.0 + area_cost(i, j);
        if (cost < costs[j] && (ends == Ends::any || keeps_near(i, j))) costs[j] = cost, before[j] = i;
      }
    }
    std::vector<std::size_t> way{last};
    while (way.back() != 0) way.push_back(before[way.back()]);
    std::reverse(way.begin(), way.end());
    return way;
  }

  // Of the area between an edge and the ring, in tolerances times its length.
  double area_cost(std::size_t from, std::size_t to) const {
    const Point a = from_to(corners_[0], corners_[from]), b = from_to(corners_[0], corners_[to]), u = from_to(a, b);
    const double length = std::hypot(u.x, u.y);
    if (!(length > 0.0 && tolerance_ > 0.0)) return 0.0;
    const double mean = 0.5 * (swept_[to] - swept_[from] - cross(a, b)) / length / tolerance_;
    return k_weight_of_area * std::min(1.0, mean * mean);
  }

  bool keeps_near(std::size_t from, std::size_t to) const {
    for (std::size_t i = from + 1; i < to; ++i)
      if (distance_to_segment(corners_[i], corners_[from], corners_[to]) > tolerance_ * (1.0 + 1e-9)) return false;
    return true;
  }

  std::span<const Point> corners_;
  double tolerance_;
  std::vector<double> swept_;  // twice the area from the first corner along the ring
};

}  // namespace

Polygon fewest_corners(const Polygon& ring, double tolerance_nm, const Box& box) {
  if (!(tolerance_nm >= 0.0))
    throw Error(ErrorCode::invalid_argument, "the tolerance of an outline must not be negative");
  if (ring.size() < 3) return {};
  const auto lower = [](const Point& a, const Point& b) { return a.y != b.y ? a.y < b.y : a.x < b.x; };
  std::vector<Point> corners = ring;
  std::rotate(corners.begin(), std::min_element(corners.begin(), corners.end(), lower), corners.end());
  const auto from_first = [&](const Point& p) { return std::hypot(p.x - corners[0].x, p.y - corners[0].y); };
  const auto far = static_cast<std::size_t>(
      std::max_element(corners.begin(), corners.end(),
                       [&](const Point& a, const Point& b) { return from_first(a) < from_first(b); }) -
      corners.begin());
  const std::size_t count = corners.size();
  corners.push_back(corners.front());
  Polygon kept;
  std::size_t from = 0;
  for (std::size_t i = 1; i <= count; ++i) {
    const Point& p = corners[i];
    const bool on_box = p.x == box.x0 || p.x == box.x1 || p.y == box.y0 || p.y == box.y1;
    if (!on_box && i != far && i != count) continue;
    const Polygon part = Chain(std::span(corners).subspan(from, i - from + 1), tolerance_nm).solve();
    kept.insert(kept.end(), part.begin(), part.end());
    from = i;
  }
  return kept.size() < 3 ? Polygon{} : kept;
}

}  // namespace reticle
