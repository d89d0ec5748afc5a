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

// visit(first row, row behind the last, point) of runs of rows that share their points.
template <class T, class Visit>
[[gnu::always_inline]] inline void for_runs(const GridTables<T>& y, int first, int count, const Visit& visit) {
  for (int end = std::min(first + count, y.rows); first < end;) {
    const int point = y.first[first], begin = first;
    while (first < end && y.first[first] == point) ++first;
    visit(begin, first, point);
  }
}

}  // namespace grid_loops

// Pixels of some rows of a tile from its points on the grid: [row][k_tile_cols]; rows beyond the last are left alone.
template <class V, class T>
void interpolate_rows(const GridTables<T>& y, int first, int count, const T* grid, T* pixels) {
  constexpr int L = k_lanes_of<V>;
  for (int w = 0; w < k_tile_cols; w += L)
    grid_loops::for_runs(y, first, count, [&](int row, int end, int point) RETICLE_INLINE {
      V points[k_grid_taps];
#pragma GCC unroll 8
      for (int k = 0; k < k_grid_taps; ++k) points[k] = load_lanes<V>(grid + (point + k) * k_tile_cols + w);
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
  constexpr int L = k_lanes_of<V>;
  for (int w = 0; w < k_tile_cols; w += L)
    grid_loops::for_runs(y, first, count, [&](int row, int end, int point) RETICLE_INLINE {
      V points[k_grid_taps];
#pragma GCC unroll 8
      for (int k = 0; k < k_grid_taps; ++k) points[k] = load_lanes<V>(grid + (point + k) * k_tile_cols + w);
      const T* weights = y.weights + row * k_grid_taps;
      const T* from = pixels + (row - first) * k_tile_cols + w;
      for (; row < end; ++row, weights += k_grid_taps, from += k_tile_cols) {
        const V value = load_lanes<V>(from);
#pragma GCC unroll 8
        for (int k = 0; k < k_grid_taps; ++k) points[k] += value * weights[k];
      }
#pragma GCC unroll 8
      for (int k = 0; k < k_grid_taps; ++k) store_lanes(points[k], grid + (point + k) * k_tile_cols + w);
    });
}

}  // namespace reticle::cpu
