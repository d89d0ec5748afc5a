// SPDX-License-Identifier: Apache-2.0
// The part of a pixel that an outline covers, exact up to rounding.
//
//   covered(row, column) = sum_edges sign * (part of the pixel to the right of the edge's piece in the row)
//
// over the edges of polygons that do not overlap: what lies outside counts as often plus as minus.
#pragma once

#include "kernels/pixel/host_device.h"

namespace reticle::pixel {

// In pixels from the grid's lower left corner; y0 < y1. sign is +1 where the interior lies on its right.
struct OutlineEdge {
  double x0, y0, x1, y1, sign;
};

RETICLE_HD double x_at(const OutlineEdge& edge, double y) {
  if (y <= edge.y0) return edge.x0;
  if (y >= edge.y1) return edge.x1;
  return edge.x0 + (edge.x1 - edge.x0) * ((y - edge.y0) / (edge.y1 - edge.y0));
}

// Integral of s clamped to [0, 1] from 0 to t.
RETICLE_HD double clamped_integral(double t) {
  return t <= 0.0 ? 0.0 : t < 1.0 ? 0.5 * t * t : t - 0.5;
}

// Mean, over positions from low to high, of the part of the column to their right.
RETICLE_HD double part_right_of(double low, double high, int column) {
  const double least = column + 1.0 - high, most = column + 1.0 - low;
  if (most <= 0.0) return 0.0;
  if (least >= 1.0) return 1.0;
  if (most - least > 1e-7) return (clamped_integral(most) - clamped_integral(least)) / (most - least);
  const double middle = 0.5 * (least + most);
  return middle <= 0.0 ? 0.0 : middle < 1.0 ? middle : 1.0;
}

// What one edge adds to a pixel.
RETICLE_HD double edge_coverage(const OutlineEdge& edge, int row, int column) {
  const double bottom = edge.y0 > row ? edge.y0 : row, top = edge.y1 < row + 1.0 ? edge.y1 : row + 1.0;
  if (bottom >= top) return 0.0;
  const double a = x_at(edge, bottom), b = x_at(edge, top);
  return edge.sign * (top - bottom) * part_right_of(a < b ? a : b, a < b ? b : a, column);
}

// The sum of all edges as a fraction: rounding may leave a residue of a sum that should be 0 or 1.
RETICLE_HD float covered_fraction(double sum) {
  return sum < 1e-12 ? 0.0f : sum < 1.0 ? static_cast<float>(sum) : 1.0f;
}

}  // namespace reticle::pixel
