// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/simplify.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "kernels/base/error.h"

namespace reticle {

namespace {

// From a point to the nearest one of a segment.
Point way_to_segment(const Point& p, const Point& a, const Point& b) {
  const double ux = b.x - a.x, uy = b.y - a.y, length2 = ux * ux + uy * uy;
  const double along = length2 > 0.0 ? ((p.x - a.x) * ux + (p.y - a.y) * uy) / length2 : 0.0;
  const double t = std::clamp(along, 0.0, 1.0);
  return {p.x - a.x - t * ux, p.y - a.y - t * uy};
}

// Marks what stays of the open chain between two corners that stay.
void keep_farthest(const Polygon& chain, std::size_t from, std::size_t to, double tolerance_nm,
                   std::vector<char>& stays) {
  std::vector<std::pair<std::size_t, std::size_t>> spans{{from, to}};
  while (!spans.empty()) {
    const auto [a, b] = spans.back();
    spans.pop_back();
    double farthest = tolerance_nm;
    std::size_t at = a;
    // Squares tell most points that are nearer; their rounding is far below the margin.
    constexpr double k_surely_nearer = 1.0 - 1e-12;
    double nearer = k_surely_nearer * farthest * farthest;
    for (std::size_t i = a + 1; i < b; ++i) {
      const Point way = way_to_segment(chain[i], chain[a], chain[b]);
      if (way.x * way.x + way.y * way.y < nearer) continue;
      const double distance = std::hypot(way.x, way.y);
      if (distance > farthest) farthest = distance, at = i, nearer = k_surely_nearer * distance * distance;
    }
    if (at == a) continue;
    stays[at] = 1;
    spans.push_back({a, at});
    spans.push_back({at, b});
  }
}

}  // namespace

Polygon simplify(const Polygon& ring, double tolerance_nm, const Box& box) {
  if (!(tolerance_nm >= 0.0))
    throw Error(ErrorCode::invalid_argument, "the tolerance of an outline must not be negative");
  if (ring.size() < 3) return {};
  // The lowest, then leftmost corner and the one farthest from it start: whatever corner the ring
  // begins with, the result is the same.
  const auto lower = [](const Point& a, const Point& b) {
    return a.y != b.y ? a.y < b.y : a.x < b.x;
  };
  Polygon chain = ring;
  std::rotate(chain.begin(), std::min_element(chain.begin(), chain.end(), lower), chain.end());
  const auto from_first = [&](const Point& p) {
    return std::hypot(p.x - chain[0].x, p.y - chain[0].y);
  };
  const auto far = std::max_element(
      chain.begin(), chain.end(),
      [&](const Point& a, const Point& b) { return from_first(a) < from_first(b); });
  std::vector<char> stays(chain.size() + 1, 0);
  stays[0] = stays[static_cast<std::size_t>(far - chain.begin())] = stays.back() = 1;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const Point& p = chain[i];
    if (p.x == box.x0 || p.x == box.x1 || p.y == box.y0 || p.y == box.y1) stays[i] = 1;
  }
  chain.push_back(chain.front());
  const std::vector<char> fixed = stays;
  for (std::size_t a = 0; a + 1 < chain.size();) {
    std::size_t b = a + 1;
    while (!fixed[b]) ++b;
    keep_farthest(chain, a, b, tolerance_nm, stays);
    a = b;
  }
  Polygon kept;
  for (std::size_t i = 0; i + 1 < chain.size(); ++i)
    if (stays[i]) kept.push_back(chain[i]);
  return kept.size() < 3 ? Polygon{} : kept;
}

}  // namespace reticle
