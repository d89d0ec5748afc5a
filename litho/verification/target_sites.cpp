// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/target_sites.h"

#include <cmath>

#include "litho/geometry/box.h"
#include "litho/metrology/edge_placement.h"

namespace reticle {

namespace {

// Lengths of outlines: neither tiny nor huge, so without the care of std::hypot.
double length_of(double x, double y) { return std::sqrt(x * x + y * y); }

constexpr double k_slender = 1.3;  // a line is longer than its end is wide, by this factor at least
constexpr double k_beyond_site_nm = 1e-6;

double length(Point a, Point b) { return length_of(b.x - a.x, b.y - a.y); }

// Whether the outline turns left at b.
bool is_convex(Point a, Point b, Point c) { return (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) > 0.0; }

// Whether the edge from corner i ends a line.
bool is_line_end(const Polygon& ring, std::size_t i, const VerifySettings& settings) {
  const std::size_t n = ring.size();
  const Point before = ring[(i + n - 1) % n], a = ring[i], b = ring[(i + 1) % n], after = ring[(i + 2) % n];
  const double edge = length(a, b);
  return edge <= settings.line_end_width_nm && is_convex(before, a, b) && is_convex(a, b, after) &&
         length(before, a) > k_slender * edge && length(b, after) > k_slender * edge;
}

}  // namespace

std::vector<TargetSite> line_ends(std::span<const Polygon> rings, const Box& box, const VerifySettings& settings) {
  std::vector<TargetSite> ends;
  for (const Polygon& ring : rings)
    for (std::size_t i = 0; i < ring.size(); ++i) {
      if (!is_line_end(ring, i, settings)) continue;
      const Point a = ring[i], b = ring[(i + 1) % ring.size()];
      const Point middle{0.5 * (a.x + b.x), 0.5 * (a.y + b.y)};
      const double edge = length(a, b);
      if (holds(box, middle))
        ends.push_back({middle, {(b.y - a.y) / edge, (a.x - b.x) / edge}, EdgeClass::line_end, edge});
    }
  return ends;
}

std::vector<TargetSite> target_sites(std::span<const Polygon> rings, const EdgeBuckets& buckets, const Box& box,
                                     const VerifySettings& settings, double width_range_nm) {
  const EdgePlacementSettings spacing{.spacing_nm = settings.site_spacing_nm,
                                      .short_edge_nm = 2.0 * settings.site_spacing_nm,
                                      .tolerance_nm = settings.search_range_nm,
                                      .search_range_nm = settings.search_range_nm};
  std::vector<TargetSite> sites;
  for (const Polygon& ring : rings) {
    const std::size_t n = ring.size();
    for (std::size_t i = 0; i < n; ++i) {
      const Point a = ring[i], b = ring[(i + 1) % n];
      const bool line_end = is_line_end(ring, i, settings);
      const EdgeRounding rounding(ring, static_cast<int>(i), settings.corner_radius_nm);
      for (const EdgeSite& site : edge_sites(a, b, spacing)) {
        const Point p = site.position;
        if (!holds(box, p)) continue;
        const bool near_corner = std::min(length(a, p), length(p, b)) < settings.corner_zone_nm;
        TargetSite found{p, site.normal, line_end ? EdgeClass::line_end : near_corner ? EdgeClass::corner : EdgeClass::run};
        found.rounding = rounding.at(length(a, p));
        const auto behind = buckets.first_hit(p, {-site.normal.x, -site.normal.y}, k_beyond_site_nm, width_range_nm);
        if (behind) found.width_nm = behind->distance;
        sites.push_back(found);
      }
    }
  }
  return sites;
}

}  // namespace reticle
