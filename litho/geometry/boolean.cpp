#include "litho/geometry/boolean.h"

#include <algorithm>
#include <boost/polygon/polygon.hpp>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "kernels/base/error.h"

namespace reticle {

namespace {

namespace bp = boost::polygon;

constexpr double k_range_dbu = 1 << 30;

int to_dbu(double nm, double dbu_nm) {
  const double value = std::round(nm / dbu_nm);
  if (!(std::abs(value) <= k_range_dbu))
    throw Error(ErrorCode::bad_input, "polygon coordinate " + std::to_string(nm) +
                                          " nm is outside +-" +
                                          std::to_string(k_range_dbu * dbu_nm) + " nm");
  return static_cast<int>(value);
}

bp::polygon_data<int> to_boost(const Polygon& polygon, double dbu_nm) {
  std::vector<bp::point_data<int>> points;
  for (const Point& point : polygon)
    points.emplace_back(to_dbu(point.x, dbu_nm), to_dbu(point.y, dbu_nm));
  bp::polygon_data<int> result;
  result.set(points.begin(), points.end());
  return result;
}

double perimeter(const Polygon& polygon) {
  double sum = 0.0;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point& a = polygon[i];
    const Point& b = polygon[(i + 1) % polygon.size()];
    sum += std::hypot(b.x - a.x, b.y - a.y);
  }
  return sum;
}

// Whether b lies on the way from a to c: no corner. Differences of 2^31 keep products below 2^63.
bool is_between(const bp::point_data<int>& a, const bp::point_data<int>& b,
                const bp::point_data<int>& c) {
  const std::int64_t ux = std::int64_t{b.x()} - a.x(), uy = std::int64_t{b.y()} - a.y();
  const std::int64_t vx = std::int64_t{c.x()} - b.x(), vy = std::int64_t{c.y()} - b.y();
  return ux * vy == uy * vx && (ux > 0) == (vx > 0) && (ux < 0) == (vx < 0) &&
         (uy > 0) == (vy > 0) && (uy < 0) == (vy < 0);
}

// The corners of an outline: the sweep line leaves points behind wherever shapes were joined.
std::vector<bp::point_data<int>> corners(const bp::polygon_data<int>& outline) {
  std::vector<bp::point_data<int>> points(outline.begin(), outline.end());
  if (points.size() > 1 && points.front() == points.back()) points.pop_back();
  std::vector<bp::point_data<int>> kept;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& before = kept.empty() ? points.back() : kept.back();
    if (!is_between(before, points[i], points[(i + 1) % points.size()])) kept.push_back(points[i]);
  }
  return kept;
}

// Corners in turn at the ends of horizontal and vertical edges, a horizontal one first; empty if the
// outline is not of that kind.
std::vector<bp::point_data<int>> manhattan_corners(const Polygon& polygon, double dbu_nm) {
  std::vector<bp::point_data<int>> points = corners(to_boost(polygon, dbu_nm));
  const std::size_t n = points.size();
  if (n < 4 || n % 2 != 0) return {};
  const auto level = [&](std::size_t i) { return points[i % n].y() == points[(i + 1) % n].y(); };
  const auto upright = [&](std::size_t i) { return points[i % n].x() == points[(i + 1) % n].x(); };
  const std::size_t first = level(0) ? 0 : 1;
  for (std::size_t i = 0; i < n; i += 2)
    if (!level(first + i) || !upright(first + i + 1)) return {};
  std::rotate(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(first), points.end());
  return points;
}

// Shapes with horizontal and vertical edges only have a sweep of their own, several times faster.
// Nothing if any shape has other edges.
std::optional<bp::polygon_90_set_data<int>> manhattan_set_of(std::span<const Polygon> polygons,
                                                             double dbu_nm) {
  bp::polygon_90_set_data<int> set(bp::HORIZONTAL);
  bp::polygon_90_data<int> outline;
  for (const Polygon& polygon : polygons) {
    const auto points = manhattan_corners(polygon, dbu_nm);
    if (points.empty()) return std::nullopt;
    outline.set(points.begin(), points.end());
    set.insert(outline);
  }
  return set;
}

bp::polygon_set_data<int> set_of(std::span<const Polygon> polygons, double dbu_nm) {
  bp::polygon_set_data<int> set;
  for (const Polygon& polygon : polygons) set.insert(to_boost(polygon, dbu_nm));
  return set;
}

template <class Set>
std::vector<Polygon> polygons_of(const Set& set, double dbu_nm) {
  std::vector<bp::polygon_data<int>> merged;
  set.get(merged);
  const double dbu_per_nm = 1.0 / dbu_nm;  // a whole number for usual grids: whole nm stay exact
  std::vector<Polygon> result;
  for (const auto& outline : merged) {
    Polygon polygon;
    for (const auto& point : corners(outline))
      polygon.push_back({point.x() / dbu_per_nm, point.y() / dbu_per_nm});
    if (polygon.size() >= 3) result.push_back(std::move(polygon));
  }
  return result;
}

}  // namespace

std::vector<Polygon> merge(std::span<const Polygon> polygons, double dbu_nm) {
  if (const auto set = manhattan_set_of(polygons, dbu_nm)) return polygons_of(*set, dbu_nm);
  return polygons_of(set_of(polygons, dbu_nm), dbu_nm);
}

std::vector<Polygon> fill(std::span<const Polygon> rings, double dbu_nm) {
  bp::polygon_set_data<int> set;
  for (const Polygon& ring : rings) set.insert(to_boost(ring, dbu_nm), signed_area(ring) < 0.0);
  return polygons_of(set, dbu_nm);
}

std::vector<Polygon> clip(std::span<const Polygon> polygons, const Box& box, double dbu_nm) {
  using namespace bp::operators;
  const bp::rectangle_data<int> frame(to_dbu(box.x0, dbu_nm), to_dbu(box.y0, dbu_nm),
                                      to_dbu(box.x1, dbu_nm), to_dbu(box.y1, dbu_nm));
  if (auto set = manhattan_set_of(polygons, dbu_nm)) {
    *set &= frame;
    return polygons_of(*set, dbu_nm);
  }
  bp::polygon_set_data<int> set = set_of(polygons, dbu_nm);
  set &= frame;
  return polygons_of(set, dbu_nm);
}

bool is_simple(const Polygon& polygon, double dbu_nm) {
  double covered = 0.0;
  for (const Polygon& part : merge({&polygon, 1}, dbu_nm)) covered += std::abs(signed_area(part));
  return std::abs(std::abs(signed_area(polygon)) - covered) <= perimeter(polygon) * dbu_nm;
}

}  // namespace reticle
