#include "litho/geometry/boolean.h"

#include <boost/polygon/polygon.hpp>
#include <cmath>
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

}  // namespace

std::vector<Polygon> merge(std::span<const Polygon> polygons, double dbu_nm) {
  bp::polygon_set_data<int> set;
  for (const Polygon& polygon : polygons) set.insert(to_boost(polygon, dbu_nm));
  std::vector<bp::polygon_data<int>> merged;
  set.get(merged);
  const double dbu_per_nm = 1.0 / dbu_nm;  // a whole number for usual grids: whole nm stay exact
  std::vector<Polygon> result;
  for (const auto& outline : merged) {
    Polygon polygon;
    for (const auto& point : outline)
      polygon.push_back({point.x() / dbu_per_nm, point.y() / dbu_per_nm});
    if (polygon.size() > 1 && polygon.front() == polygon.back()) polygon.pop_back();
    if (polygon.size() >= 3) result.push_back(std::move(polygon));
  }
  return result;
}

bool is_simple(const Polygon& polygon, double dbu_nm) {
  double covered = 0.0;
  for (const Polygon& part : merge({&polygon, 1}, dbu_nm)) covered += std::abs(signed_area(part));
  return std::abs(std::abs(signed_area(polygon)) - covered) <= perimeter(polygon) * dbu_nm;
}

}  // namespace reticle
