// SPDX-License-Identifier: Apache-2.0
// Polygons on the wafer: points in nm, y up, closed implicitly (the last point joins the first).
#pragma once

#include <vector>

namespace reticle {

struct Point {
  double x = 0.0;  // nm
  double y = 0.0;
  bool operator==(const Point&) const = default;
};

struct Box {
  double x0 = 0.0, y0 = 0.0, x1 = 0.0, y1 = 0.0;  // nm, x0 <= x1, y0 <= y1
  double width() const { return x1 - x0; }
  double height() const { return y1 - y0; }
  bool operator==(const Box&) const = default;
};

// A simple polygon, either orientation. Several polygons together mean their union.
using Polygon = std::vector<Point>;

// What is to be printed: the polygons of a clip and the window of the layout it was cut from.
// Polygons do not overlap (readers merge them); they may reach beyond the window.
struct Design {
  std::vector<Polygon> polygons;  // layout coordinates, nm
  Box window;                     // layout coordinates, nm
};

}  // namespace reticle
