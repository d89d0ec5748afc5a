// SPDX-License-Identifier: Apache-2.0
// Straight edges between points of an integer grid, cut where they meet until they meet at their ends only.
// Crossings are rounded to the grid; all decisions are exact, in 128 bits.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace reticle::planar {

// Coordinates may have 40 bits: products of three differences then fit into 127.
inline constexpr std::int64_t k_largest_coordinate = std::int64_t{1} << 40;

struct GridPoint {
  std::int64_t x = 0, y = 0;
  auto operator<=>(const GridPoint&) const = default;  // by x, then by y
};

// Twice the signed area of the triangle a, b, c: its sign says on which side of a -> b lies c.
__extension__ using Wide = __int128;
inline Wide cross(const GridPoint& a, const GridPoint& b, const GridPoint& c) {
  return Wide{b.x - a.x} * (c.y - a.y) - Wide{b.y - a.y} * (c.x - a.x);
}

// From a to b, a < b: rightwards or straight up. Crossing it from right to left (upwards) adds the two
// counts to the winding numbers of shapes and of what frames them.
struct Edge {
  GridPoint a, b;
  int shape = 0, frame = 0;
  bool is_new = true;  // not yet compared with the others
};

// Edges of a closed ring, counted `shape` and `frame` times when walked counterclockwise.
void append_ring(const std::vector<GridPoint>& ring, int shape, int frame, std::vector<Edge>& edges);

// Equal edges become one with the sum of their counts, those without counts vanish. Sorted by a, then b.
void unite_equal(std::vector<Edge>& edges);

// The same edges cut where they cross, touch or overlap, and united. A cut moves an edge by half a step at
// the most; what then crosses anew is cut in turn. Nothing if that takes more than the cuts left,
// which are counted down, work in vain with them.
std::optional<std::vector<Edge>> noded_within(std::vector<Edge> edges, std::size_t& cuts_left);

// Cuts that the edges of a drawing may take: several an edge, and of few edges as many as take some seconds.
std::size_t most_cuts(std::size_t edges);

// Throws Error(unsupported) if there are not cuts enough, saying what to do.
std::vector<Edge> noded(std::vector<Edge> edges, std::size_t& cuts_left);
std::vector<Edge> noded(std::vector<Edge> edges);  // of most_cuts() of them

}  // namespace reticle::planar
