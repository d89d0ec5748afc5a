#include "litho/geometry/rasterize.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "kernels/base/error.h"
#include "litho/geometry/polygon_area.h"

namespace reticle {
namespace {

// An edge in pixel units with y0 < y1; sign is +1 where the interior lies on its right.
struct Edge {
  double x0, y0, x1, y1, sign;
  double x_at(double y) const {
    if (y <= y0) return x0;
    if (y >= y1) return x1;
    return x0 + (x1 - x0) * ((y - y0) / (y1 - y0));
  }
};

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
                  std::vector<Edge>& edges) {
  const double scale = 1.0 / grid.pixel_nm;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point& a = polygon[i];
    const Point& b = polygon[(i + 1) % polygon.size()];
    Edge edge{(a.x - grid.origin_x_nm) * scale, (a.y - grid.origin_y_nm) * scale,
              (b.x - grid.origin_x_nm) * scale, (b.y - grid.origin_y_nm) * scale, -orientation};
    if (edge.y0 > edge.y1) {
      std::swap(edge.x0, edge.x1);
      std::swap(edge.y0, edge.y1);
      edge.sign = -edge.sign;
    }
    if (edge.y0 < edge.y1 && edge.y1 > 0.0 && edge.y0 < grid.rows) edges.push_back(edge);
  }
}

// Adds a piece of height `height` at x in one column: its own pixel gets the part on its right.
void add_in_column(std::vector<double>& row, int column, double mean_x, double height) {
  const double left_part = mean_x - column;
  row[static_cast<std::size_t>(column)] += height * (1.0 - left_part);
  row[static_cast<std::size_t>(column) + 1] += height * left_part;
}

// Adds a piece that runs from x_a to x_b over the signed height; row has cols + 1 entries.
void add_piece(std::vector<double>& row, double x_a, double x_b, double height) {
  const double cols = static_cast<double>(row.size() - 1);
  const double low = std::min(x_a, x_b), high = std::max(x_a, x_b);
  if (low >= cols) return;
  if (high <= 0.0) {
    row[0] += height;
    return;
  }
  const double span = high - low;
  if (low < 0.0) row[0] += height * (-low / span);
  const double begin = std::max(low, 0.0), end = std::min(high, cols);
  const int first = static_cast<int>(begin);
  if (end <= first + 1.0) {
    add_in_column(row, first, 0.5 * (begin + end),
                  span > 0.0 ? height * ((end - begin) / span) : height);
    return;
  }
  for (int column = first; column < end; ++column) {
    const double a = std::max(begin, static_cast<double>(column));
    const double b = std::min(end, column + 1.0);
    add_in_column(row, column, 0.5 * (a + b), height * ((b - a) / span));
  }
}

template <class T, class PixelOf>
void sum_row(const std::vector<double>& row, std::span<T> out, const PixelOf& pixel_of) {
  constexpr double k_rounding = 1e-12;  // residue of a sum that should be 0
  double coverage = 0.0;
  for (std::size_t x = 0; x < out.size(); ++x) {
    coverage += row[x];
    out[x] = pixel_of(coverage < k_rounding ? 0.0f : static_cast<float>(std::min(coverage, 1.0)));
  }
}

template <class T, class PixelOf>
Image<T> accumulate(std::vector<Edge> edges, const Grid& grid, const PixelOf& pixel_of) {
  Image<T> image(grid.rows, grid.cols);
  std::stable_sort(edges.begin(), edges.end(),
                   [](const Edge& a, const Edge& b) { return a.y0 < b.y0; });
  std::vector<Edge> active;
  std::vector<double> row(static_cast<std::size_t>(grid.cols) + 1);
  std::size_t next = 0;
  bool same_as_below = false;  // only upright edges that cross this row and the one below fully
  for (int y = 0; y < grid.rows; ++y) {
    const auto removed = std::erase_if(active, [y](const Edge& e) { return e.y1 <= y; });
    const std::size_t kept = active.size();
    while (next < edges.size() && edges[next].y0 < y + 1.0) active.push_back(edges[next++]);
    const bool upright = std::all_of(active.begin(), active.end(), [y](const Edge& e) {
      return e.x0 == e.x1 && e.y0 <= y && e.y1 >= y + 1.0;
    });
    const std::span<T> out(image.row(y), static_cast<std::size_t>(grid.cols));
    if (same_as_below && upright && removed == 0 && kept == active.size()) {
      std::copy_n(image.row(y - 1), grid.cols, out.begin());
      continue;
    }
    same_as_below = upright;
    if (active.empty()) continue;
    std::fill(row.begin(), row.end(), 0.0);
    for (const Edge& edge : active) {
      const double bottom = std::max(edge.y0, static_cast<double>(y));
      const double top = std::min(edge.y1, y + 1.0);
      if (bottom < top) {
        add_piece(row, edge.x_at(bottom), edge.x_at(top), edge.sign * (top - bottom));
      }
    }
    sum_row(row, out, pixel_of);
  }
  return image;
}

std::vector<Edge> edges_of(std::span<const Polygon> polygons, const Grid& grid) {
  require_usable(polygons, grid);
  std::vector<Edge> edges;
  for (const Polygon& polygon : polygons) {
    append_edges(polygon, signed_area(polygon) < 0.0 ? -1.0 : 1.0, grid, edges);
  }
  return edges;
}

float coverage_itself(float coverage) { return coverage; }

}  // namespace

Image<float> rasterize(std::span<const Polygon> polygons, const Grid& grid) {
  return accumulate<float>(edges_of(polygons, grid), grid, coverage_itself);
}

Image<float> rasterize_rings(std::span<const Polygon> rings, const Grid& grid) {
  require_usable(rings, grid);
  std::vector<Edge> edges;
  for (const Polygon& ring : rings) append_edges(ring, 1.0, grid, edges);
  return accumulate<float>(std::move(edges), grid, coverage_itself);
}

Image<std::uint8_t> rasterize_binary(std::span<const Polygon> polygons, const Grid& grid) {
  return accumulate<std::uint8_t>(edges_of(polygons, grid), grid, [](float coverage) {
    return static_cast<std::uint8_t>(coverage >= 0.5f);
  });
}

}  // namespace reticle
