// Whether a pattern is one: simple shapes that neither overlap each other nor their own copies. In double
// precision, without a grid: the winding number of outlines on vertical cuts through every slab between
// neighbouring corners and crossings.
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <sstream>

#include "kernels/base/error.h"
#include "litho/geometry/polygon_area.h"
#include "litho/optics/pattern.h"

namespace reticle {

namespace {

// Widths up to this are rounding of coordinates.
constexpr double k_slack_nm = 1e-6;

// Part of the plane where the outlines' winding number is neither 0 nor 1.
struct Overlap {
  double area_nm2 = 0.0;
  Box bounds{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity(),
             -std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};

  // Slivers are as long as their bounds: the mean width.
  bool is_real() const {
    return area_nm2 > 0.0 && area_nm2 > k_slack_nm * std::hypot(bounds.width(), bounds.height());
  }
};

// An edge from left to right, and which way round the outline runs along it.
struct Rise {
  Point a, b;
  int winding;  // +1: the inside lies above
  double at(double x) const { return a.y + (b.y - a.y) * ((x - a.x) / (b.x - a.x)); }
};

void add_rises(const Polygon& polygon, Point shift, const Box& within, std::vector<Rise>& rises) {
  const int turn = signed_area(polygon) < 0.0 ? -1 : 1;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point &p = polygon[i], &q = polygon[(i + 1) % polygon.size()];
    const Point a{p.x + shift.x, p.y + shift.y}, b{q.x + shift.x, q.y + shift.y};
    if (a.x == b.x || std::max(a.x, b.x) <= within.x0 || std::min(a.x, b.x) >= within.x1) continue;
    rises.push_back(a.x < b.x ? Rise{a, b, turn} : Rise{b, a, -turn});
  }
}

// Where slabs end: corners and crossings, without those that are one by rounding.
std::vector<double> slab_ends(std::span<const Rise> rises, const Box& within) {
  std::vector<double> ends{within.x0, within.x1};
  const auto add = [&](double x) {
    if (x > within.x0 && x < within.x1) ends.push_back(x);
  };
  for (std::size_t i = 0; i < rises.size(); ++i) {
    add(rises[i].a.x);
    add(rises[i].b.x);
    for (std::size_t j = 0; j < i; ++j) {
      const double x0 = std::max(rises[i].a.x, rises[j].a.x), x1 = std::min(rises[i].b.x, rises[j].b.x);
      if (!(x0 < x1)) continue;
      const double d0 = rises[i].at(x0) - rises[j].at(x0), d1 = rises[i].at(x1) - rises[j].at(x1);
      if ((d0 < 0.0) != (d1 < 0.0)) add(x0 + (x1 - x0) * (d0 / (d0 - d1)));
    }
  }
  std::sort(ends.begin(), ends.end());
  return ends;
}

Overlap overlap_of(std::span<const Rise> rises, const Box& within) {
  constexpr double k_nothing_nm = 1e-9;
  const std::vector<double> ends = slab_ends(rises, within);
  Overlap overlap;
  std::vector<std::pair<double, const Rise*>> column;
  for (std::size_t s = 1; s < ends.size(); ++s) {
    const double x0 = ends[s - 1], x1 = ends[s], middle = 0.5 * (x0 + x1);
    if (x1 - x0 < k_nothing_nm) continue;
    column.clear();
    for (const Rise& rise : rises)
      if (rise.a.x < middle && middle < rise.b.x) column.emplace_back(rise.at(middle), &rise);
    std::sort(column.begin(), column.end(),
              [](const auto& p, const auto& q) { return p.first < q.first; });
    int winding = 0;
    for (std::size_t i = 0; i + 1 < column.size(); ++i) {
      winding += column[i].second->winding;
      const double height = column[i + 1].first - column[i].first;
      if (winding == 0 || winding == 1 || height < k_nothing_nm) continue;
      overlap.area_nm2 += height * (x1 - x0);
      Box& box = overlap.bounds;
      box.x0 = std::min(box.x0, x0);
      box.x1 = std::max(box.x1, x1);
      for (const double x : {x0, x1}) {
        box.y0 = std::min(box.y0, column[i].second->at(x));
        box.y1 = std::max(box.y1, column[i + 1].second->at(x));
      }
    }
  }
  return overlap;
}

Box bounds_of(const Polygon& polygon) {
  Box box{polygon[0].x, polygon[0].y, polygon[0].x, polygon[0].y};
  for (const Point& p : polygon)
    box = {std::min(box.x0, p.x), std::min(box.y0, p.y), std::max(box.x1, p.x), std::max(box.y1, p.y)};
  return box;
}

// [x0, x1] x [y0, y1] nm
std::string place(const Box& box) {
  std::ostringstream text;
  text.precision(10);
  const auto tidy = [](double value) { return std::round(value * 1e6) * 1e-6 + 0.0; };
  text << "x " << tidy(box.x0) << " .. " << tidy(box.x1) << ", y " << tidy(box.y0) << " .. "
       << tidy(box.y1) << " nm";
  return text.str();
}

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::bad_input, "pattern: " + what);
}

std::string name_of(std::size_t shape) { return "shape " + std::to_string(shape + 1); }

void require_simple(const Polygon& polygon, std::size_t shape) {
  if (polygon.size() < 3)
    refuse(name_of(shape) + " has " + std::to_string(polygon.size()) +
           " points; a polygon needs at least three");
  for (const Point& p : polygon)
    if (!std::isfinite(p.x) || !std::isfinite(p.y))
      refuse(name_of(shape) + " has a coordinate that is not a finite number");
  const Box bounds = bounds_of(polygon);
  std::vector<Rise> rises;
  add_rises(polygon, {0.0, 0.0}, bounds, rises);
  const Overlap overlap = overlap_of(rises, bounds);
  if (overlap.is_real())
    refuse(name_of(shape) + " crosses or covers itself at " + place(overlap.bounds) +
           "; give its points in their order along the outline, or draw several polygons");
  if (std::abs(signed_area(polygon)) <= k_slack_nm * std::hypot(bounds.width(), bounds.height()))
    refuse(name_of(shape) + " has no area (" + place(bounds) + "); correct its points or leave it out");
}

// Whole periods by which [c0, c1] can be moved so that it meets [a0, a1].
struct Shifts {
  double first, last;
  Shifts(double a0, double a1, double c0, double c1, double period)
      : first(std::ceil((a0 - c1) / period)), last(std::floor((a1 - c0) / period)) {}
};

std::string shifted_by(double periods_x, double periods_y) {
  std::ostringstream text;
  text << '(' << periods_x + 0.0 << ", " << periods_y + 0.0 << ") periods away";
  return text.str();
}

[[noreturn]] void refuse_overlap(std::size_t i, std::size_t j, double kx, double ky, const Box& where) {
  const bool is_copy = kx != 0.0 || ky != 0.0;
  if (i == j)
    refuse(name_of(i) + " overlaps its own copy " + shifted_by(kx, ky) + " at " + place(where) +
           "; draw it no larger than the period, or give a larger period");
  refuse("shapes " + std::to_string(i + 1) + " and " + std::to_string(j + 1) +
         (is_copy ? ", the latter " + shifted_by(kx, ky) + "," : std::string()) + " overlap at " +
         place(where) +
         ", where their transmissions would add up; cut one back to the other's edge, or draw shapes of "
         "one transmission as one polygon");
}

struct Bounded {
  const Polygon& polygon;
  Box bounds;
};

// Against all copies of `other` that come near; its own place is left out for the same shape.
void require_apart(const Pattern& pattern, std::span<const Bounded> shapes, std::size_t i,
                   std::size_t j) {
  const Box &a = shapes[i].bounds, &c = shapes[j].bounds;
  const Shifts xs(a.x0, a.x1, c.x0, c.x1, pattern.period_x_nm);
  const Shifts ys(a.y0, a.y1, c.y0, c.y1, pattern.period_y_nm);
  for (double ky = ys.first; ky <= ys.last; ++ky)
    for (double kx = xs.first; kx <= xs.last; ++kx) {
      if (i == j && (ky < 0.0 || (ky == 0.0 && kx <= 0.0))) continue;  // the other way round
      const Point shift{kx * pattern.period_x_nm, ky * pattern.period_y_nm};
      const Box shared{std::max(a.x0, c.x0 + shift.x), std::max(a.y0, c.y0 + shift.y),
                       std::min(a.x1, c.x1 + shift.x), std::min(a.y1, c.y1 + shift.y)};
      if (shared.width() <= k_slack_nm || shared.height() <= k_slack_nm) continue;
      std::vector<Rise> rises;
      add_rises(shapes[i].polygon, {0.0, 0.0}, shared, rises);
      add_rises(shapes[j].polygon, shift, shared, rises);
      const Overlap overlap = overlap_of(rises, shared);
      if (overlap.is_real()) refuse_overlap(i, j, kx, ky, overlap.bounds);
    }
}

}  // namespace

void validate(const Pattern& pattern) {
  const auto is_length = [](double nm) { return nm > 0.0 && std::isfinite(nm); };
  if (!is_length(pattern.period_x_nm) || !is_length(pattern.period_y_nm))
    refuse("period_nm must be two positive lengths");
  std::vector<Bounded> shapes;
  for (std::size_t i = 0; i < pattern.shapes.size(); ++i) {
    const Polygon& polygon = pattern.shapes[i].polygon;
    require_simple(polygon, i);
    shapes.push_back({polygon, bounds_of(polygon)});
    require_apart(pattern, shapes, i, i);
  }
  for (std::size_t i = 0; i < shapes.size(); ++i)
    for (std::size_t j = i + 1; j < shapes.size(); ++j) require_apart(pattern, shapes, i, j);
}

}  // namespace reticle
