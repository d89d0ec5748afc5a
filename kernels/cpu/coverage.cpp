// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/coverage.h"

#include <algorithm>
#include <span>
#include <utility>

namespace reticle::cpu {

namespace {

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
  double sum = 0.0;
  for (std::size_t x = 0; x < out.size(); ++x) {
    sum += row[x];
    out[x] = pixel_of(pixel::covered_fraction(sum));
  }
}

template <class T, class PixelOf>
Image<T> accumulate(std::vector<pixel::OutlineEdge> edges, int rows, int cols, const PixelOf& pixel_of) {
  Image<T> image(rows, cols);
  std::stable_sort(edges.begin(), edges.end(),
                   [](const pixel::OutlineEdge& a, const pixel::OutlineEdge& b) { return a.y0 < b.y0; });
  std::vector<pixel::OutlineEdge> active;
  std::vector<double> row(static_cast<std::size_t>(cols) + 1);
  std::size_t next = 0;
  bool same_as_below = false;  // only upright edges that cross this row and the one below fully
  for (int y = 0; y < rows; ++y) {
    const auto removed = std::erase_if(active, [y](const pixel::OutlineEdge& e) { return e.y1 <= y; });
    const std::size_t kept = active.size();
    while (next < edges.size() && edges[next].y0 < y + 1.0) active.push_back(edges[next++]);
    const bool upright = std::all_of(active.begin(), active.end(), [y](const pixel::OutlineEdge& e) {
      return e.x0 == e.x1 && e.y0 <= y && e.y1 >= y + 1.0;
    });
    const std::span<T> out(image.row(y), static_cast<std::size_t>(cols));
    if (same_as_below && upright && removed == 0 && kept == active.size()) {
      std::copy_n(image.row(y - 1), cols, out.begin());
      continue;
    }
    same_as_below = upright;
    if (active.empty()) continue;
    std::fill(row.begin(), row.end(), 0.0);
    for (const pixel::OutlineEdge& edge : active) {
      const double bottom = std::max(edge.y0, static_cast<double>(y));
      const double top = std::min(edge.y1, y + 1.0);
      if (bottom < top) {
        add_piece(row, pixel::x_at(edge, bottom), pixel::x_at(edge, top), edge.sign * (top - bottom));
      }
    }
    sum_row(row, out, pixel_of);
  }
  return image;
}

}  // namespace

Image<float> coverage(std::vector<pixel::OutlineEdge> outline, int rows, int cols) {
  return accumulate<float>(std::move(outline), rows, cols, [](float covered) { return covered; });
}

Image<std::uint8_t> half_covered(std::vector<pixel::OutlineEdge> outline, int rows, int cols) {
  return accumulate<std::uint8_t>(std::move(outline), rows, cols,
                                  [](float covered) { return static_cast<std::uint8_t>(covered >= 0.5f); });
}

}  // namespace reticle::cpu
