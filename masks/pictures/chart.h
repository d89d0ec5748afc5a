// SPDX-License-Identifier: Apache-2.0
// Charts: a page of diagrams and maps for people to read, to be written as PNG or SVG.
#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"
#include "masks/pictures/drawing.h"

namespace reticle {

// Points in the diagram's own units; a gap where a point is not finite.
struct ChartSeries {
  enum class Style { line, dots, line_and_dots, dashes };
  std::string label;  // empty: not in the legend
  std::vector<Point> points;
  Style style = Style::line;
  Rgb colour = {0, 114, 178};
};

struct Chart {
  std::string title, x_label, y_label;
  std::vector<ChartSeries> series;
};

// Values over a plane, row 0 at the bottom, with a colour bar. NaN is left white.
struct ColourMap {
  enum class Scale { sequential, diverging, cyclic };
  std::string title, caption;
  Image<double> values;
  double low = 0.0, high = 1.0;
  Scale scale = Scale::sequential;
  // Where the map's edges lie, for axes; equal: no axes.
  double x0 = 0.0, x1 = 0.0, y0 = 0.0, y1 = 0.0;
  std::string x_label, y_label;
  std::vector<Polygon> outlines;  // drawn over it, in the axes' units
};

using Panel = std::variant<Chart, ColourMap>;

// The i-th of eight colours that stay apart for the colour-blind, round and round.
Rgb chart_colour(int i);
// From blue at 0 over grey to red at 1, for series in an order.
Rgb ordered_colour(double part);

// Panels row by row, `columns` of them side by side under one headline.
Drawing draw_page(const std::string& headline, std::span<const Panel> panels, int columns);

}  // namespace reticle
