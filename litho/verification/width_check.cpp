// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/width_check.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace reticle {

namespace {

// Lengths of outlines: neither tiny nor huge, so without the care of std::hypot.
double length_of(double x, double y) { return std::sqrt(x * x + y * y); }

constexpr double k_opposed = 0.866;  // cosine of 30 degrees
constexpr double k_least_edge_nm = 0.05;
constexpr double k_run_nm = 12.0;    // narrow places this near along an outline are one

// Length of what is drawn, or clear, around a point along a line; none if the point is in neither.
std::optional<double> drawn_length(const EdgeBuckets& target, Point middle, Point along, Ruler ruler, double range) {
  const auto forth = target.first_hit(middle, along, 0.0, range);
  const auto back = target.first_hit(middle, {-along.x, -along.y}, 0.0, range);
  // Leaving the drawn shape, the ray crosses an edge whose left side it comes from.
  const auto leaves_drawn = [&](const EdgeBuckets::Hit& hit, Point direction) {
    const EdgeBuckets::Edge& edge = target.edges()[hit.edge];
    const double turn = (edge.to.x - edge.from.x) * direction.y - (edge.to.y - edge.from.y) * direction.x;
    return (turn < 0.0) == (ruler == Ruler::width);
  };
  if (forth && !leaves_drawn(*forth, along)) return std::nullopt;
  if (back && !leaves_drawn(*back, {-along.x, -along.y})) return std::nullopt;
  if (!forth || !back) return forth || back ? std::optional(2.0 * range) : std::nullopt;
  return forth->distance + back->distance;
}

}  // namespace

std::vector<NarrowPlace> narrow_places(std::span<const Polygon> printed, const EdgeBuckets& printed_edges,
                                       const EdgeBuckets& target_edges, const Box& box, Ruler ruler, double least_nm,
                                       double part, double drawn_range_nm) {
  std::vector<NarrowPlace> places;
  const double into = ruler == Ruler::width ? 1.0 : -1.0;  // the inside lies on the left
  for (const Polygon& ring : printed) {
    double since_last = k_run_nm + 1.0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Point a = ring[i], b = ring[(i + 1) % ring.size()];
      const double length = length_of(b.x - a.x, b.y - a.y);
      since_last += length;
      const Point from{0.5 * (a.x + b.x), 0.5 * (a.y + b.y)};
      if (length < k_least_edge_nm || from.x < box.x0 - least_nm || from.x > box.x1 + least_nm ||
          from.y < box.y0 - least_nm || from.y > box.y1 + least_nm)
        continue;
      const Point direction{-into * (b.y - a.y) / length, into * (b.x - a.x) / length};
      const auto hit = printed_edges.first_hit(from, direction, 1e-3, least_nm);
      if (!hit) continue;
      const EdgeBuckets::Edge& edge = printed_edges.edges()[hit->edge];
      const double there = length_of(edge.to.x - edge.from.x, edge.to.y - edge.from.y);
      const double opposed =
          -((b.x - a.x) * (edge.to.x - edge.from.x) + (b.y - a.y) * (edge.to.y - edge.from.y)) / (length * there);
      if (opposed < k_opposed) continue;
      const Point middle{from.x + 0.5 * hit->distance * direction.x, from.y + 0.5 * hit->distance * direction.y};
      const auto drawn = drawn_length(target_edges, middle, direction, ruler, drawn_range_nm);
      if (!drawn) continue;
      const double limit = std::min(least_nm, part * *drawn);
      if (hit->distance >= limit) continue;
      if (since_last <= k_run_nm && !places.empty()) {
        if (hit->distance < places.back().printed_nm) places.back() = {middle, hit->distance, limit};
      } else {
        places.push_back({middle, hit->distance, limit});
      }
      since_last = 0.0;
    }
  }
  std::erase_if(places, [&](const NarrowPlace& place) {
    return !(place.place.x >= box.x0 && place.place.x < box.x1 && place.place.y >= box.y0 && place.place.y < box.y1);
  });
  return places;
}

}  // namespace reticle
