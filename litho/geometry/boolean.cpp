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
constexpr std::int64_t k_widths_around = 4;
constexpr std::size_t k_corners_of_a_group = 64;

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
std::vector<Ring> covered_rings(Ring polygon, std::size_t& cuts_left) {
  polygon = planar::without_idle_points(std::move(polygon));
  if (polygon.empty()) return {};
  bool is_simple = is_convex(polygon);
  if (!is_simple) {
    std::vector<Edge> drawn;
    planar::append_ring(polygon, 1, 0, drawn);
    planar::unite_equal(drawn);
    const std::vector<Edge> edges = planar::noded(drawn, cuts_left);
    const auto same = [](const Edge& e, const Edge& f) { return e.a == f.a && e.b == f.b; };
    is_simple = drawn.size() == polygon.size() && std::equal(edges.begin(), edges.end(), drawn.begin(), drawn.end(), same) &&
                !repeats_a_point(polygon);
    if (!is_simple) return planar::rings_of(edges, [](int shape, int) { return shape != 0; });
  }
  if (planar::twice_area(polygon) < 0) std::reverse(polygon.begin(), polygon.end());
  return {std::move(polygon)};
}

// The part of a ring on the side of a line where axis * sign <= bound * sign [I. Sutherland and G. Hodgman, Comm. ACM
// 17 (1974) 32]: it winds around that side's places as often as the ring.
template <std::int64_t GridPoint::*axis>
Ring cut_at(const Ring& ring, std::int64_t bound, int sign) {
  constexpr std::int64_t GridPoint::*other = axis == &GridPoint::x ? &GridPoint::y : &GridPoint::x;
  const auto beyond = [&](const GridPoint& p) { return sign * (p.*axis - bound) > 0; };
  Ring kept;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const GridPoint &p = ring[i], &q = ring[(i + 1) % ring.size()];
    if (!beyond(p)) kept.push_back(p);
    if (beyond(p) == beyond(q)) continue;
    const auto part = static_cast<double>(bound - p.*axis) / static_cast<double>(q.*axis - p.*axis);
    GridPoint at;
    at.*axis = bound;
    at.*other = p.*other + std::llround(part * static_cast<double>(q.*other - p.*other));
    kept.push_back(at);
  }
  return kept;
}

// The part of a ring around the frame: edges may end a few of its widths outside.
Ring near_frame(Ring ring, const Frame& frame) {
  const std::int64_t reach = k_widths_around * std::max(frame.high.x - frame.low.x, frame.high.y - frame.low.y);
  const Frame around{{frame.low.x - reach, frame.low.y - reach}, {frame.high.x + reach, frame.high.y + reach}};
  const auto all = [&](const auto& within) { return std::all_of(ring.begin(), ring.end(), within); };
  if (!all([&](const GridPoint& p) { return p.x >= around.low.x; })) ring = cut_at<&GridPoint::x>(ring, around.low.x, -1);
  if (!all([&](const GridPoint& p) { return p.x <= around.high.x; })) ring = cut_at<&GridPoint::x>(ring, around.high.x, 1);
  if (!all([&](const GridPoint& p) { return p.y >= around.low.y; })) ring = cut_at<&GridPoint::y>(ring, around.low.y, -1);
  if (!all([&](const GridPoint& p) { return p.y <= around.high.y; })) ring = cut_at<&GridPoint::y>(ring, around.high.y, 1);
  return ring;
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

// Whether an outline of such corners touches or crosses itself; four corners are a rectangle.
bool meets_itself(const Ring& corners) {
  const std::size_t n = corners.size();
  if (n == 4) return false;
  struct Level {  // a horizontal edge
    std::int64_t y, x0, x1;
    std::size_t first;  // corner
  };
  std::vector<Level> levels;
  levels.reserve(n / 2);
  for (std::size_t h = 0; h < n; h += 2)
    levels.push_back({corners[h].y, std::min(corners[h].x, corners[h + 1].x), std::max(corners[h].x, corners[h + 1].x), h});
  const auto by_height = [](const Level& a, const Level& b) { return a.y < b.y; };
  std::sort(levels.begin(), levels.end(), by_height);
  for (std::size_t v = 1; v < n; v += 2) {
    const GridPoint &a = corners[v], &b = corners[(v + 1) % n];
    const std::int64_t low = std::min(a.y, b.y), high = std::max(a.y, b.y);
    auto level = std::lower_bound(levels.begin(), levels.end(), Level{low, 0, 0, 0}, by_height);
    for (; level != levels.end() && level->y <= high; ++level) {
      const bool is_neighbour = v == level->first + 1 || (v + 1) % n == level->first;
      if (!is_neighbour && a.x >= level->x0 && a.x <= level->x1) return true;
    }
  }
  return false;
}

// Shapes with horizontal and vertical edges only have a sweep of their own, several times faster.
class ManhattanSet {
 public:
  ManhattanSet() = default;
  // Of what lies within the frame.
  explicit ManhattanSet(const Frame& frame) : frame_(frame) {}

  // False, with nothing done, for a shape with other edges or beyond the sweep's range.
  bool add(const Ring& ring, std::size_t& cuts_left) {
    if (!std::all_of(ring.begin(), ring.end(), in_range)) return false;
    Ring corners = manhattan_corners(ring);
    if (corners.empty()) {
      const Ring without_idle = planar::without_idle_points(ring);
      if (without_idle.empty()) return true;
      corners = manhattan_corners(without_idle);
      if (corners.empty()) return false;
    }
    if (reaches_out(corners)) corners = manhattan_corners(planar::without_idle_points(within_frame(std::move(corners))));
    if (corners.empty()) return true;
    if (!meets_itself(corners)) return insert(corners, false), true;
    for (const Ring& part : covered_rings(corners, cuts_left))
      insert(manhattan_corners(planar::without_idle_points(part)), planar::twice_area(part) < 0);
    return true;
  }
  static bool in_range(const GridPoint& p) {
    return std::abs(p.x) <= k_manhattan_range && std::abs(p.y) <= k_manhattan_range;
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
  bool reaches_out(const Ring& ring) const {
    return !std::all_of(ring.begin(), ring.end(), [&](const GridPoint& p) {
      return p.x >= frame_.low.x && p.y >= frame_.low.y && p.x <= frame_.high.x && p.y <= frame_.high.y;
    });
  }
  Ring within_frame(Ring ring) const {
    ring = cut_at<&GridPoint::y>(cut_at<&GridPoint::x>(ring, frame_.low.x, -1), frame_.low.y, -1);
    return cut_at<&GridPoint::y>(cut_at<&GridPoint::x>(ring, frame_.high.x, 1), frame_.high.y, 1);
  }
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
  Frame frame_{{-k_manhattan_range, -k_manhattan_range}, {k_manhattan_range, k_manhattan_range}};
};

std::size_t corners_of(const std::vector<Ring>& polygons) {
  std::size_t corners = 0;
  for (const Ring& polygon : polygons) corners += polygon.size();
  return corners;
}

// With these polygons; none where some have other edges.
std::optional<ManhattanSet> filled(ManhattanSet set, const std::vector<Ring>& polygons) {
  std::size_t cuts_left = planar::most_cuts(corners_of(polygons));
  for (const Ring& polygon : polygons)
    if (!set.add(polygon, cuts_left)) return std::nullopt;
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

std::vector<Edge> covered_edges(std::span<const Ring> polygons, std::size_t& cuts_left) {
  std::vector<Edge> edges;
  for (const Ring& polygon : polygons)
    for (const Ring& part : covered_rings(polygon, cuts_left)) planar::append_ring(part, 1, 0, edges);
  return edges;
}

bool in_shape(int shape, int) { return shape > 0; }
bool in_shape_and_frame(int shape, int frame) { return shape > 0 && frame > 0; }

// Noded edges around what the polygons cover, and of a frame unless it is empty. Where they lie on one another so often
// that crossings outnumber the edges, groups of neighbours in the drawing are united first, pair by pair: what is
// covered already no longer crosses anything.
std::vector<Edge> united_edges(const std::vector<Ring>& polygons, const Ring& frame) {
  const std::size_t most = planar::most_cuts(corners_of(polygons));
  std::size_t cuts_left = most;
  std::vector<Edge> edges = covered_edges(polygons, cuts_left);
  planar::append_ring(frame, 0, 1, edges);
  std::size_t usual = most / 2;
  if (auto all = planar::noded_within(std::move(edges), usual)) return *std::move(all);
  struct Group {
    std::vector<Edge> edges;
    int level;
  };
  std::vector<Group> groups;  // of falling levels
  const auto unite_last_two = [&] {
    Group last = std::move(groups.back());
    groups.pop_back();
    Group& first = groups.back();
    first.edges.insert(first.edges.end(), last.edges.begin(), last.edges.end());
    const std::vector<Edge> noded = planar::noded(std::move(first.edges), cuts_left);
    first.edges.clear();
    for (const Ring& ring : planar::rings_of(noded, in_shape)) planar::append_ring(ring, 1, 0, first.edges);
    first.level = std::max(first.level, last.level) + 1;
  };
  for (std::size_t next = 0; next < polygons.size();) {
    const std::size_t first = next;
    for (std::size_t corners = 0; next < polygons.size() && corners < k_corners_of_a_group; ++next)
      corners += polygons[next].size();
    groups.push_back({covered_edges(std::span(polygons).subspan(first, next - first), cuts_left), 0});
    while (groups.size() > 1 && groups[groups.size() - 2].level <= groups.back().level) unite_last_two();
  }
  while (groups.size() > 1) unite_last_two();
  planar::append_ring(frame, 0, 1, groups.front().edges);
  return planar::noded(std::move(groups.front().edges), cuts_left);
}

}  // namespace

std::vector<Polygon> merge(std::span<const Polygon> polygons, double dbu_nm) {
  const std::vector<Ring> drawn = rings_of(polygons, dbu_nm);
  if (auto set = filled(ManhattanSet(), drawn)) return polygons_of(set->rings(), dbu_nm);
  return polygons_of(planar::holes_joined(planar::rings_of(united_edges(drawn, {}), in_shape)), dbu_nm);
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
    if (auto set = filled(ManhattanSet(frame), drawn)) return polygons_of(set->rings(), dbu_nm);
  }
  for (Ring& polygon : drawn) polygon = near_frame(std::move(polygon), frame);
  const std::vector<Edge> edges =
      united_edges(drawn, {frame.low, {frame.high.x, frame.low.y}, frame.high, {frame.low.x, frame.high.y}});
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
    return corners.empty() || meets_itself(corners) ? !is_simple(polygon) : false;
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
