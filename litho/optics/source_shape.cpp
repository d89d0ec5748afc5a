// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/source_shape.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "litho/geometry/polygon.h"

namespace reticle {

namespace {

constexpr double k_edge = 1e-12;
constexpr double k_radians = std::numbers::pi / 180.0;

double cross(Point a, Point b) { return a.x * b.y - a.y * b.x; }

// Signed area of the disc's sector between two directions.
double sector_area(Point a, Point b, double radius) {
  return 0.5 * radius * radius * std::atan2(cross(a, b), a.x * b.x + a.y * b.y);
}

// Signed area of the triangle (origin, a, b) inside the disc.
double triangle_in_disc(Point a, Point b, double radius) {
  const Point d{b.x - a.x, b.y - a.y};
  const double dd = d.x * d.x + d.y * d.y, ad = a.x * d.x + a.y * d.y;
  const double root = ad * ad - dd * (a.x * a.x + a.y * a.y - radius * radius);
  if (dd == 0.0) return 0.0;
  if (root <= 0.0) return sector_area(a, b, radius);
  const double enter = (-ad - std::sqrt(root)) / dd, leave = (-ad + std::sqrt(root)) / dd;
  if (enter >= 1.0 || leave <= 0.0) return sector_area(a, b, radius);
  const auto at = [&](double t) { return Point{a.x + t * d.x, a.y + t * d.y}; };
  const Point p = at(std::max(enter, 0.0)), q = at(std::min(leave, 1.0));
  double area = 0.5 * cross(p, q);
  if (enter > 0.0) area += sector_area(a, p, radius);
  if (leave < 1.0) area += sector_area(q, b, radius);
  return area;
}

double area_in_disc(const Polygon& polygon, double radius) {
  double area = 0.0;
  for (std::size_t i = 0; i < polygon.size(); ++i)
    area += triangle_in_disc(polygon[i], polygon[(i + 1) % polygon.size()], radius);
  return area;
}

// The part of a convex polygon to the left of the ray from the origin at this angle.
Polygon left_of(const Polygon& polygon, double angle) {
  const Point ray{std::cos(angle), std::sin(angle)};
  Polygon kept;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point a = polygon[i], b = polygon[(i + 1) % polygon.size()];
    const double side_a = cross(ray, a), side_b = cross(ray, b);
    if (side_a >= 0.0) kept.push_back(a);
    if ((side_a > 0.0 && side_b < 0.0) || (side_a < 0.0 && side_b > 0.0)) {
      const double t = side_a / (side_a - side_b);
      kept.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
    }
  }
  return kept;
}

double area_in_ring(const SourceSettings& source, const Polygon& polygon) {
  const double outer = area_in_disc(polygon, source.sigma_out);
  return source.shape == SourceShape::conventional ? outer
                                                   : outer - area_in_disc(polygon, source.sigma_in);
}

// A wedge of at most half a turn is where two half planes meet.
double area_in_wedge(const SourceSettings& source, const Polygon& square, double from, double to) {
  const Polygon wedge = left_of(left_of(square, from), to + std::numbers::pi);
  return wedge.size() < 3 ? 0.0 : area_in_ring(source, wedge);
}

}  // namespace

bool inside_shape(const SourceSettings& source, double sigma_x, double sigma_y) {
  const double radius = std::hypot(sigma_x, sigma_y);
  if (radius > source.sigma_out + k_edge) return false;
  if (source.shape == SourceShape::conventional) return true;
  if (radius < source.sigma_in - k_edge) return false;
  if (source.shape == SourceShape::annular) return true;
  const double angle = std::atan2(sigma_y, sigma_x) / k_radians - source.rotation_deg;
  return std::abs(std::remainder(angle, 360.0 / source.poles)) <= 0.5 * source.opening_deg + 1e-10;
}

double covered_part(const SourceSettings& source, double sigma_x, double sigma_y, double side) {
  const double h = 0.5 * side;
  const Point nearest{std::max(std::abs(sigma_x) - h, 0.0), std::max(std::abs(sigma_y) - h, 0.0)};
  if (std::hypot(nearest.x, nearest.y) >= source.sigma_out) return 0.0;
  const Polygon square = {{sigma_x - h, sigma_y - h}, {sigma_x + h, sigma_y - h},
                          {sigma_x + h, sigma_y + h}, {sigma_x - h, sigma_y + h}};
  double area = 0.0;
  if (source.shape != SourceShape::poles) {
    area = area_in_ring(source, square);
  } else {
    for (int pole = 0; pole < source.poles; ++pole) {
      const double centre = (source.rotation_deg + pole * 360.0 / source.poles) * k_radians;
      const double half = 0.5 * source.opening_deg * k_radians;
      area += area_in_wedge(source, square, centre - std::min(half, 0.5 * std::numbers::pi),
                            centre + std::min(half, 0.5 * std::numbers::pi));
      if (half > 0.5 * std::numbers::pi) {
        area += area_in_wedge(source, square, centre - half, centre - 0.5 * std::numbers::pi);
        area += area_in_wedge(source, square, centre + 0.5 * std::numbers::pi, centre + half);
      }
    }
  }
  return std::clamp(area / (side * side), 0.0, 1.0);
}

}  // namespace reticle
