// SPDX-License-Identifier: Apache-2.0
// The loops of GridRows over V, the vector of numbers taken at once (band_loops.h). Plain memory only (wide.h).
#pragma once

#include <algorithm>

#include "kernels/cpu/band_loops.h"

namespace reticle::cpu {

inline constexpr int k_grid_taps = 8;

// Row j of the pixels is the sum over k of weights[j][k] times the grid's point first[j] + k.
template <class T>
struct GridTables {
  const int* first;
  const T* weights;
  int rows;
};

namespace grid_loops {

// visit(row, row behind the last, their points [k_grid_taps], where the first of these lies on the grid, first column) of runs
// of rows that share their points, vector by vector of the tile's columns.
template <class V, class T, class Visit>
[[gnu::always_inline]] inline void for_runs(const GridTables<T>& y, int first, int count, const T* grid, const Visit& visit) {
  const int last = std::min(first + count, y.rows);
  for (int w = 0; w < k_tile_cols; w += k_lanes_of<V>)
    for (int row = first; row < last;) {
      const int point = y.first[row], begin = row;
      while (row < last && y.first[row] == point) ++row;
      const T* from = grid + point * k_tile_cols + w;
      V points[k_grid_taps];
#pragma GCC unroll 8
      for (int k = 0; k < k_grid_taps; ++k) points[k] = load_lanes<V>(from + k * k_tile_cols);
      visit(begin, row, points, point * k_tile_cols + w, w);
    }
}

}  // namespace grid_loops

// Pixels of some rows of a tile from its points on the grid: [row][k_tile_cols]; rows beyond the last are left alone.
template <class V, class T>
void interpolate_rows(const GridTables<T>& y, int first, int count, const T* grid, T* pixels) {
  grid_loops::for_runs<V>(y, first, count, grid, [&](int row, int end, const V* points, int, int w) RETICLE_INLINE {
    const T* weights = y.weights + row * k_grid_taps;
    T* to = pixels + (row - first) * k_tile_cols + w;
    for (; row < end; ++row, weights += k_grid_taps, to += k_tile_cols) {
      V sum = points[0] * weights[0];
#pragma GCC unroll 8
      for (int k = 1; k < k_grid_taps; ++k) sum += points[k] * weights[k];
      store_lanes(sum, to);
    }
  });
}

// The transpose, added to the grid.
template <class V, class T>
void spread_rows(const GridTables<T>& y, int first, int count, const T* pixels, T* grid) {
  grid_loops::for_runs<V>(y, first, count, grid, [&](int row, int end, V* points, int place, int w) RETICLE_INLINE {
    const T* weights = y.weights + row * k_grid_taps;
    const T* from = pixels + (row - first) * k_tile_cols + w;
    for (; row < end; ++row, weights += k_grid_taps, from += k_tile_cols) {
      const V value = load_lanes<V>(from);
#pragma GCC unroll 8
      for (int k = 0; k < k_grid_taps; ++k) points[k] += value * weights[k];
    }
#pragma GCC unroll 8
    for (int k = 0; k < k_grid_taps; ++k) store_lanes(points[k], grid + place + k * k_tile_cols);
  });
}

}  // namespace reticle::cpu
