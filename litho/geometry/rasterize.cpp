// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/rasterize.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/cpu/coverage.h"
#include "litho/geometry/polygon_area.h"

namespace reticle {
namespace {

void require_usable(std::span<const Polygon> polygons, const Grid& grid) {
  if (grid.rows <= 0 || grid.cols <= 0 || !(grid.pixel_nm > 0.0)) {
    throw Error(ErrorCode::invalid_argument,
                "rasterize: the grid has " + std::to_string(grid.rows) + " rows and " +
                    std::to_string(grid.cols) + " columns; give a grid with pixels of a size > 0.");
  }
  for (std::size_t i = 0; i < polygons.size(); ++i) {
    const Polygon& polygon = polygons[i];
    if (polygon.size() < 3) {
      throw Error(ErrorCode::bad_input, "rasterize: polygon " + std::to_string(i) + " has " +
                                            std::to_string(polygon.size()) +
                                            " points; a polygon needs at least 3.");
    }
    for (const Point& p : polygon) {
      if (!std::isfinite(p.x) || !std::isfinite(p.y)) {
        throw Error(ErrorCode::bad_input, "rasterize: polygon " + std::to_string(i) +
                                              " has a coordinate that is not a finite number.");
      }
    }
  }
}

void append_edges(const Polygon& polygon, double orientation, const Grid& grid,
                  std::vector<pixel::OutlineEdge>& edges) {
  const double scale = 1.0 / grid.pixel_nm;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point& a = polygon[i];
    const Point& b = polygon[(i + 1) % polygon.size()];
    pixel::OutlineEdge edge{(a.x - grid.origin_x_nm) * scale, (a.y - grid.origin_y_nm) * scale,
                            (b.x - grid.origin_x_nm) * scale, (b.y - grid.origin_y_nm) * scale,
                            -orientation};
    if (edge.y0 > edge.y1) {
      std::swap(edge.x0, edge.x1);
      std::swap(edge.y0, edge.y1);
      edge.sign = -edge.sign;
    }
    if (edge.y0 < edge.y1 && edge.y1 > 0.0 && edge.y0 < grid.rows) edges.push_back(edge);
  }
}

std::vector<pixel::OutlineEdge> edges_of_rings(std::span<const Polygon> rings, const Grid& grid) {
  require_usable(rings, grid);
  std::vector<pixel::OutlineEdge> edges;
  for (const Polygon& ring : rings) append_edges(ring, 1.0, grid, edges);
  return edges;
}

}  // namespace

std::vector<pixel::OutlineEdge> outline_on(std::span<const Polygon> polygons, const Grid& grid) {
  require_usable(polygons, grid);
  std::vector<pixel::OutlineEdge> edges;
  for (const Polygon& polygon : polygons)
    append_edges(polygon, signed_area(polygon) < 0.0 ? -1.0 : 1.0, grid, edges);
  return edges;
}

Grid pixel_grid(const Box& box, double pixel_nm) {
  return {.rows = static_cast<int>(std::lround(box.height() / pixel_nm)),
          .cols = static_cast<int>(std::lround(box.width() / pixel_nm)),
          .pixel_nm = pixel_nm, .origin_x_nm = box.x0, .origin_y_nm = box.y0};
}

Image<float> rasterize(std::span<const Polygon> polygons, const Grid& grid) {
  return cpu::coverage(outline_on(polygons, grid), grid.rows, grid.cols);
}

Image<float> rasterize_rings(std::span<const Polygon> rings, const Grid& grid) {
  return cpu::coverage(edges_of_rings(rings, grid), grid.rows, grid.cols);
}

Image<std::uint8_t> rasterize_rings_binary(std::span<const Polygon> rings, const Grid& grid) {
  return cpu::half_covered(edges_of_rings(rings, grid), grid.rows, grid.cols);
}

Image<std::uint8_t> rasterize_binary(std::span<const Polygon> polygons, const Grid& grid) {
  return cpu::half_covered(outline_on(polygons, grid), grid.rows, grid.cols);
}

}  // namespace reticle
