// SPDX-License-Identifier: Apache-2.0
// Edges of rings by place: what lies near a segment, and what a ray meets first.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "litho/geometry/polygon.h"

namespace reticle {

class EdgeBuckets {
 public:
  struct Edge {
    Point from, to;
    int ring, index;  // from = ring[index]
  };
  // The rings need not outlive it.
  explicit EdgeBuckets(std::span<const Polygon> rings);

  const std::vector<Edge>& edges() const { return edges_; }

  // Places in edges() of all that may touch the segment, each once, in order.
  void near(Point from, Point to, std::vector<std::uint32_t>& found) const;

  struct Hit {
    double distance = 0.0;
    std::uint32_t edge = 0;
  };
  // The first edge a ray along a unit direction meets beyond `least` and within `range`.
  std::optional<Hit> first_hit(Point from, Point direction, double least, double range) const;

 private:
  int column(double x) const;
  int row(double y) const;
  template <class Take>
  void for_cells(Point from, Point to, const Take& take) const;
  template <class Look>
  void walk(Point from, Point direction, double range, const Look& look) const;

  std::vector<Edge> edges_;
  double x0_ = 0.0, y0_ = 0.0, cell_ = 1.0, per_nm_ = 1.0;  // cells per nm
  int cols_ = 1, rows_ = 1;
  std::vector<std::uint32_t> begin_, held_;  // [cell]; edges by cell
  // Ends of those edges, and a few more, so that several are looked at together.
  std::vector<double> from_x_, from_y_, to_x_, to_y_;
};

}  // namespace reticle
