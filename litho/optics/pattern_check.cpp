// SPDX-License-Identifier: Apache-2.0
// Whether a pattern is one: simple shapes that overlap neither each other nor their own copies, by the
// winding number of their outlines.
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <sstream>

#include "kernels/base/error.h"
#include "litho/geometry/box.h"
#include "litho/geometry/polygon_area.h"
#include "litho/geometry/slabs.h"
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

// The outline as lines tagged +1 where the inside lies above, -1 where it lies below.
void add_outline(const Polygon& polygon, Point shift, std::vector<SlabLine>& lines) {
  const int turn = signed_area(polygon) < 0.0 ? -1 : 1;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point &p = polygon[i], &q = polygon[(i + 1) % polygon.size()];
    add_slab_line({p.x + shift.x, p.y + shift.y}, {q.x + shift.x, q.y + shift.y}, turn, lines);
  }
}

Overlap overlap_of(std::vector<SlabLine> lines, const Box& within) {
  std::erase_if(lines, [&](const SlabLine& line) {
    return line.b.x <= within.x0 || line.a.x >= within.x1;
  });
  Overlap overlap;
  for_each_slab(std::move(lines), within.x0, within.x1, [&](const Slab& slab) {
    const double x0 = slab.x0, x1 = slab.x1, middle = 0.5 * (x0 + x1);
    int winding = 0;
    for (std::size_t i = 0; i + 1 < slab.lines.size(); ++i) {
      const SlabLine &low = *slab.lines[i], &high = *slab.lines[i + 1];
      winding += low.tag;
      const double height = high.at(middle) - low.at(middle);
      if (winding == 0 || winding == 1 || height < k_slab_resolution_nm) continue;
      overlap.area_nm2 += height * (x1 - x0);
      Box& box = overlap.bounds;
      box = {std::min(box.x0, x0), std::min({box.y0, low.at(x0), low.at(x1)}), std::max(box.x1, x1),
             std::max({box.y1, high.at(x0), high.at(x1)})};
    }
  });
  return overlap;
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
  std::vector<SlabLine> lines;
  add_outline(polygon, {0.0, 0.0}, lines);
  const Overlap overlap = overlap_of(std::move(lines), bounds);
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
      std::vector<SlabLine> lines;
      add_outline(shapes[i].polygon, {0.0, 0.0}, lines);
      add_outline(shapes[j].polygon, shift, lines);
      const Overlap overlap = overlap_of(std::move(lines), shared);
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
