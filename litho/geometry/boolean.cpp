// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/boolean.h"

#include <algorithm>
#include <boost/polygon/polygon.hpp>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "kernels/base/error.h"
#include "litho/geometry/planar_rings.h"

namespace reticle {

namespace {

namespace bp = boost::polygon;
using planar::Edge;
using planar::GridPoint;
using planar::Ring;

// What Boost.Polygon's sweep of 32 bits takes.
constexpr std::int64_t k_manhattan_range = std::int64_t{1} << 30;
constexpr std::size_t k_few_corners = 64;

std::int64_t to_grid(double nm, double dbu_nm) {
  const double value = std::round(nm / dbu_nm);
  constexpr auto k_range = static_cast<double>(planar::k_largest_coordinate);
  if (!(std::abs(value) <= k_range))
    throw Error(ErrorCode::bad_input, "polygon coordinate " + std::to_string(nm) +
                                          " nm is outside +-" + std::to_string(k_range * dbu_nm) + " nm");
  return static_cast<std::int64_t>(value);
}

Ring ring_of(const Polygon& polygon, double dbu_nm) {
  Ring ring;
  ring.reserve(polygon.size());
  for (const Point& point : polygon) ring.push_back({to_grid(point.x, dbu_nm), to_grid(point.y, dbu_nm)});
  return ring;
}

struct Frame {
  GridPoint low, high;
};

std::vector<Polygon> polygons_of(const std::vector<Ring>& rings, double dbu_nm) {
  const double dbu_per_nm = 1.0 / dbu_nm;  // a whole number for usual grids: whole nm stay exact
  std::vector<Polygon> result;
  for (const Ring& ring : rings) {
    Polygon polygon;
    for (const GridPoint& p : ring)
      polygon.push_back({static_cast<double>(p.x) / dbu_per_nm, static_cast<double>(p.y) / dbu_per_nm});
    result.push_back(std::move(polygon));
  }
  return result;
}

// One way round, and round once.
bool is_convex(const Ring& ring) {
  const std::size_t n = ring.size();
  bool left = false, right = false;
  int turns_back = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const GridPoint &a = ring[i], &b = ring[(i + 1) % n], &c = ring[(i + 2) % n];
    (planar::cross(a, b, c) > 0 ? left : right) = true;
    turns_back += (a < b) != (b < c);
  }
  return left != right && turns_back == 2;
}

bool repeats_a_point(Ring ring) {
  std::sort(ring.begin(), ring.end());
  return std::adjacent_find(ring.begin(), ring.end()) != ring.end();
}

// Rings around what a polygon covers: where its winding number is not zero.
std::vector<Ring> covered_rings(Ring polygon) {
  polygon = planar::without_idle_points(std::move(polygon));
  if (polygon.empty()) return {};
  bool is_simple = is_convex(polygon);
  if (!is_simple) {
    std::vector<Edge> drawn;
    planar::append_ring(polygon, 1, 0, drawn);
    planar::unite_equal(drawn);
    const std::vector<Edge> edges = planar::noded(drawn);
    const auto same = [](const Edge& e, const Edge& f) { return e.a == f.a && e.b == f.b; };
    is_simple = drawn.size() == polygon.size() && std::equal(edges.begin(), edges.end(), drawn.begin(), drawn.end(), same) &&
                !repeats_a_point(polygon);
    if (!is_simple) return planar::rings_of(edges, [](int shape, int) { return shape != 0; });
  }
  if (planar::twice_area(polygon) < 0) std::reverse(polygon.begin(), polygon.end());
  return {std::move(polygon)};
}

// Where a ring wanders about on one side of the frame it may as well go straight: what it winds around
// within the frame stays the same.
Ring without_detours(const Ring& ring, const Frame& frame) {
  Ring result = ring;
  const auto shorten = [&](const auto& beyond) {
    Ring kept;
    for (std::size_t i = 0; i < result.size(); ++i) {
      const GridPoint& after = result[(i + 1) % result.size()];
      if (!kept.empty() && beyond(kept.back()) && beyond(result[i]) && beyond(after)) continue;
      kept.push_back(result[i]);
    }
    result = std::move(kept);
  };
  shorten([&](const GridPoint& p) { return p.x < frame.low.x; });
  shorten([&](const GridPoint& p) { return p.x > frame.high.x; });
  shorten([&](const GridPoint& p) { return p.y < frame.low.y; });
  shorten([&](const GridPoint& p) { return p.y > frame.high.y; });
  return result;
}

// Corners in turn at the ends of horizontal and vertical edges, a horizontal one first; empty if the
// outline has other edges.
Ring manhattan_corners(const Ring& ring) {
  const std::size_t n = ring.size();
  if (n < 4 || n % 2 != 0) return {};
  const auto level = [&](std::size_t i) {
    const GridPoint &a = ring[i % n], &b = ring[(i + 1) % n];
    return a.y == b.y && a.x != b.x;
  };
  const auto upright = [&](std::size_t i) {
    const GridPoint &a = ring[i % n], &b = ring[(i + 1) % n];
    return a.x == b.x && a.y != b.y;
  };
  const std::size_t first = level(0) ? 0 : 1;
  for (std::size_t i = 0; i < n; i += 2)
    if (!level(first + i) || !upright(first + i + 1)) return {};
  Ring corners = ring;
  std::rotate(corners.begin(), corners.begin() + static_cast<std::ptrdiff_t>(first), corners.end());
  return corners;
}

// Whether an outline of such corners may touch or cross itself; four corners are a rectangle.
bool may_meet_itself(const Ring& corners) {
  const std::size_t n = corners.size();
  if (n == 4) return false;
  if (n > k_few_corners) return true;
  for (std::size_t h = 0; h < n; h += 2) {
    const std::int64_t x0 = std::min(corners[h].x, corners[h + 1].x);
    const std::int64_t x1 = std::max(corners[h].x, corners[h + 1].x), y = corners[h].y;
    for (std::size_t v = 1; v < n; v += 2) {
      if (v == h + 1 || (v + 1) % n == h) continue;  // its neighbours
      const GridPoint &a = corners[v], &b = corners[(v + 1) % n];
      if (a.x >= x0 && a.x <= x1 && std::min(a.y, b.y) <= y && y <= std::max(a.y, b.y)) return true;
    }
  }
  return false;
}

// Shapes with horizontal and vertical edges only have a sweep of their own, several times faster.
class ManhattanSet {
 public:
  // False, with nothing done, for a shape with other edges or beyond the sweep's range.
  bool add(const Ring& ring) {
    if (!std::all_of(ring.begin(), ring.end(), in_range)) return false;
    Ring corners = manhattan_corners(ring);
    if (corners.empty()) {
      const Ring without_idle = planar::without_idle_points(ring);
      if (without_idle.empty()) return true;
      corners = manhattan_corners(without_idle);
      if (corners.empty()) return false;
    }
    if (!may_meet_itself(corners)) return insert(corners, false), true;
    for (const Ring& part : covered_rings(corners))
      insert(manhattan_corners(planar::without_idle_points(part)), planar::twice_area(part) < 0);
    return true;
  }
  static bool in_range(const GridPoint& p) {
    return std::abs(p.x) <= k_manhattan_range && std::abs(p.y) <= k_manhattan_range;
  }

  void cut_to(const Frame& frame) {
    using namespace bp::operators;
    set_ &= bp::rectangle_data<int>(static_cast<int>(frame.low.x), static_cast<int>(frame.low.y),
                                    static_cast<int>(frame.high.x), static_cast<int>(frame.high.y));
  }

  std::vector<Ring> rings() {
    std::vector<bp::polygon_data<int>> merged;
    set_.get(merged);
    std::vector<Ring> rings;
    for (const auto& outline : merged) {
      Ring ring;
      for (const auto& p : outline) ring.push_back({p.x(), p.y()});
      ring = without_points_within_edges(ring);
      if (ring.size() < 3) continue;
      if (planar::twice_area(ring) < 0) std::reverse(ring.begin(), ring.end());
      rings.push_back(std::move(ring));
    }
    return rings;
  }

 private:
  void insert(const Ring& corners, bool is_hole) {
    points_.clear();
    for (const GridPoint& p : corners) points_.emplace_back(static_cast<int>(p.x), static_cast<int>(p.y));
    outline_.set(points_.begin(), points_.end());
    set_.insert(outline_, is_hole);
  }

  // The sweep leaves points behind wherever shapes were joined. The ends of cuts stay.
  static Ring without_points_within_edges(Ring ring) {
    if (ring.size() > 1 && ring.front() == ring.back()) ring.pop_back();
    const auto is_between = [](const GridPoint& a, const GridPoint& b, const GridPoint& c) {
      return planar::cross(a, b, c) == 0 && ((a < b && b < c) || (c < b && b < a));
    };
    Ring kept;
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const GridPoint& before = kept.empty() ? ring.back() : kept.back();
      if (!is_between(before, ring[i], ring[(i + 1) % ring.size()])) kept.push_back(ring[i]);
    }
    return kept;
  }

  bp::polygon_90_set_data<int> set_{bp::HORIZONTAL};
  bp::polygon_90_data<int> outline_;
  std::vector<bp::point_data<int>> points_;
};

std::optional<ManhattanSet> manhattan_set_of(const std::vector<Ring>& polygons) {
  ManhattanSet set;
  for (const Ring& polygon : polygons)
    if (!set.add(polygon)) return std::nullopt;
  return set;
}

std::vector<Ring> rings_of(std::span<const Polygon> polygons, double dbu_nm) {
  std::vector<Ring> rings;
  rings.reserve(polygons.size());
  for (const Polygon& polygon : polygons) rings.push_back(ring_of(polygon, dbu_nm));
  return rings;
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

std::vector<Edge> covered_edges(const std::vector<Ring>& polygons) {
  std::vector<Edge> edges;
  for (const Ring& polygon : polygons)
    for (const Ring& part : covered_rings(polygon)) planar::append_ring(part, 1, 0, edges);
  return edges;
}

bool in_shape(int shape, int) { return shape > 0; }
bool in_shape_and_frame(int shape, int frame) { return shape > 0 && frame > 0; }

}  // namespace

std::vector<Polygon> merge(std::span<const Polygon> polygons, double dbu_nm) {
  const std::vector<Ring> drawn = rings_of(polygons, dbu_nm);
  if (auto set = manhattan_set_of(drawn)) return polygons_of(set->rings(), dbu_nm);
  const std::vector<Edge> edges = planar::noded(covered_edges(drawn));
  return polygons_of(planar::holes_joined(planar::rings_of(edges, in_shape)), dbu_nm);
}

std::vector<Polygon> fill(std::span<const Polygon> rings, double dbu_nm) {
  std::vector<Edge> edges;
  for (const Polygon& ring : rings) planar::append_ring(ring_of(ring, dbu_nm), 1, 0, edges);
  edges = planar::noded(std::move(edges));
  return polygons_of(planar::holes_joined(planar::rings_of(edges, in_shape)), dbu_nm);
}

std::vector<Polygon> clip(std::span<const Polygon> polygons, const Box& box, double dbu_nm) {
  const Frame frame{{to_grid(box.x0, dbu_nm), to_grid(box.y0, dbu_nm)},
                    {to_grid(box.x1, dbu_nm), to_grid(box.y1, dbu_nm)}};
  if (frame.low.x >= frame.high.x || frame.low.y >= frame.high.y) return {};
  std::vector<Ring> drawn = rings_of(polygons, dbu_nm);
  if (ManhattanSet::in_range(frame.low) && ManhattanSet::in_range(frame.high)) {
    if (auto set = manhattan_set_of(drawn)) {
      set->cut_to(frame);
      return polygons_of(set->rings(), dbu_nm);
    }
  }
  for (Ring& polygon : drawn) polygon = without_detours(polygon, frame);
  std::vector<Edge> edges = covered_edges(drawn);
  planar::append_ring({frame.low, {frame.high.x, frame.low.y}, frame.high, {frame.low.x, frame.high.y}}, 0, 1,
                      edges);
  edges = planar::noded(std::move(edges));
  return polygons_of(planar::holes_joined(planar::rings_of(edges, in_shape_and_frame)), dbu_nm);
}

std::vector<Polygon> without_overlaps(std::span<const Polygon> polygons) {
  std::vector<Box> boxes;
  double drawn = 0.0, around = 0.0;
  for (const Polygon& polygon : polygons) {
    if (polygon.empty()) continue;
    Box box{polygon[0].x, polygon[0].y, polygon[0].x, polygon[0].y};
    for (const Point& p : polygon)
      box = {std::min(box.x0, p.x), std::min(box.y0, p.y), std::max(box.x1, p.x), std::max(box.y1, p.y)};
    boxes.push_back(box);
    drawn += std::abs(signed_area(polygon));
    around += perimeter(polygon);
  }
  std::sort(boxes.begin(), boxes.end(), [](const Box& a, const Box& b) { return a.x0 < b.x0; });
  bool may_overlap = std::any_of(polygons.begin(), polygons.end(), [](const Polygon& polygon) {
    const Ring ring = ring_of(polygon, k_boolean_dbu_nm);
    if (ring.size() < 4 || is_convex(ring)) return false;
    const Ring corners = manhattan_corners(ring);
    return corners.empty() || may_meet_itself(corners) ? !is_simple(polygon) : false;
  });
  for (std::size_t i = 0; i < boxes.size() && !may_overlap; ++i)
    for (std::size_t j = i + 1; j < boxes.size() && boxes[j].x0 < boxes[i].x1 && !may_overlap; ++j)
      may_overlap = boxes[j].y0 < boxes[i].y1 && boxes[i].y0 < boxes[j].y1;
  if (!may_overlap) return {};
  std::vector<Polygon> merged = merge(polygons);
  double covered = 0.0;
  for (const Polygon& polygon : merged) covered += std::abs(signed_area(polygon));
  return std::abs(drawn - covered) > around * k_boolean_dbu_nm ? merged : std::vector<Polygon>{};
}

bool is_simple(const Polygon& polygon, double dbu_nm) {
  double covered = 0.0;
  for (const Polygon& part : merge({&polygon, 1}, dbu_nm)) covered += std::abs(signed_area(part));
  return std::abs(std::abs(signed_area(polygon)) - covered) <= perimeter(polygon) * dbu_nm;
}

}  // namespace reticle
