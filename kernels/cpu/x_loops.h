// SPDX-License-Identifier: Apache-2.0
// The sums of BandTransform along x over V, the vector of numbers taken at once (band_loops.h), of up to two rows of a spectrum
// that share their tables. Plain memory only (wide.h).
#pragma once

#include <cstddef>

#include "kernels/cpu/band_loops.h"

namespace reticle::cpu {

// Of orders of one parity. Numbers of an order: what cos multiplies, twice, and sin, twice; lines: the same of the quads.
template <class T>
struct XSums {
  const T *cosine, *sine;  // [order][quad], of the first order
  int pitch;               // a multiple of k_tile_cols; tables and lines are 0 beyond the last quad
  int orders, rows;
  T* numbers;              // [row][order][4], of the first order; orders lie two apart, as in the tables
  std::ptrdiff_t row_of_numbers;
  T* lines;                // [row][4][pitch]
  std::ptrdiff_t row_of_lines;
};

namespace x_loops {

// Vectors of 2 rows of 2 x 16 numbers, four kinds, live in registers of sixteen; of eight there are half as many, half as long.
template <class V>
inline constexpr int k_most = k_lanes_of<V> > k_lanes ? 2 : 1;

template <int Rows, int Blocks, class V, class T>
[[gnu::always_inline]] inline void quads(const XSums<T>& x, int row, int q) {
  constexpr int K = band_loops::k_wide<V> * Blocks, L = k_lanes_of<V>;
  V sums[Rows][4][K]{};
  const T *cosine = x.cosine + q, *sine = x.sine + q, *numbers = x.numbers + row * x.row_of_numbers;
  for (int i = 0; i < x.orders; ++i, cosine += 2 * x.pitch, sine += 2 * x.pitch, numbers += 8)
#pragma GCC unroll 4
    for (int w = 0; w < K; ++w) {
      const V c = load_lanes<V>(cosine + w * L), s = load_lanes<V>(sine + w * L);
#pragma GCC unroll 2
      for (int r = 0; r < Rows; ++r) {
        const T* n = numbers + r * x.row_of_numbers;
        sums[r][0][w] += n[0] * c;
        sums[r][1][w] += n[1] * c;
        sums[r][2][w] += n[2] * s;
        sums[r][3][w] += n[3] * s;
      }
    }
#pragma GCC unroll 2
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k)
#pragma GCC unroll 4
      for (int w = 0; w < K; ++w)
        store_lanes(sums[r][k][w], x.lines + (row + r) * x.row_of_lines + k * x.pitch + q + w * L);
}

// The sum of k_tile_cols lanes: halves first, so that it is the same for either width.
template <class T, class V>
[[gnu::always_inline]] inline Lanes<T> folded(const V* sums) {
  if constexpr (k_lanes_of<V> == k_lanes)
    return sums[0] + sums[1];
  else
    return __builtin_shufflevector(*sums, *sums, 0, 1, 2, 3, 4, 5, 6, 7) + __builtin_shufflevector(*sums, *sums, 8, 9, 10, 11, 12, 13, 14, 15);
}

template <int Rows, int Orders, class V, class T>
[[gnu::always_inline]] inline void dots(const XSums<T>& x, int row, int order) {
  constexpr int K = band_loops::k_wide<V>, L = k_lanes_of<V>;
  V sums[Rows][Orders][4][K]{};
  const T *cosine = x.cosine + 2 * order * x.pitch, *sine = x.sine + 2 * order * x.pitch, *lines = x.lines + row * x.row_of_lines;
  for (int q = 0; q < x.pitch; q += k_tile_cols)
#pragma GCC unroll 2
    for (int w = 0; w < K; ++w) {
      const int at = q + w * L;
#pragma GCC unroll 2
      for (int r = 0; r < Rows; ++r) {
        const T* line = lines + r * x.row_of_lines + at;
        const V a = load_lanes<V>(line), b = load_lanes<V>(line + x.pitch);
        const V d = load_lanes<V>(line + 2 * x.pitch), e = load_lanes<V>(line + 3 * x.pitch);
#pragma GCC unroll 2
        for (int i = 0; i < Orders; ++i) {
          const V c = load_lanes<V>(cosine + 2 * i * x.pitch + at), s = load_lanes<V>(sine + 2 * i * x.pitch + at);
          sums[r][i][0][w] += a * c;
          sums[r][i][1][w] += b * c;
          sums[r][i][2][w] += d * s;
          sums[r][i][3][w] += e * s;
        }
      }
    }
  for (int r = 0; r < Rows; ++r) {
    Lanes<T> all[8]{};
    for (int i = 0; i < Orders; ++i)
      for (int k = 0; k < 4; ++k) all[4 * i + k] = folded<T>(sums[r][i][k]);
    const Lanes<T> totals = sums_of_lanes<T>(all);
    T* to = x.numbers + (row + r) * x.row_of_numbers + 8 * order;
    for (int i = 0; i < Orders; ++i)
      for (int k = 0; k < 4; ++k) to[8 * i + k] = totals[4 * i + k];
  }
}

}  // namespace x_loops

// lines = sums over the orders of numbers times cos or sin.
template <class V, class T>
void sums_of_orders(const XSums<T>& x) {
  using namespace x_loops;
  const auto rows = [&]<int Rows>(int row) RETICLE_INLINE {
    int q = 0;
    for (; q + k_most<V> * k_tile_cols <= x.pitch; q += k_most<V> * k_tile_cols) quads<Rows, k_most<V>, V>(x, row, q);
    if (q < x.pitch) quads<Rows, 1, V>(x, row, q);
  };
  int row = 0;
  if (k_most<V> == 2 && x.rows == 2) return rows.template operator()<k_most<V>>(0);
  for (; row < x.rows; ++row) rows.template operator()<1>(row);
}

// The transpose: numbers = sums over the quads of lines times cos or sin.
template <class V, class T>
void orders_of_lines(const XSums<T>& x) {
  using namespace x_loops;
  const auto rows = [&]<int Rows>(int row) RETICLE_INLINE {
    int i = 0;
    for (; i + k_most<V> <= x.orders; i += k_most<V>) dots<Rows, k_most<V>, V>(x, row, i);
    if (i < x.orders) dots<Rows, 1, V>(x, row, i);
  };
  if (k_most<V> == 2 && x.rows == 2) return rows.template operator()<k_most<V>>(0);
  for (int row = 0; row < x.rows; ++row) rows.template operator()<1>(row);
}

}  // namespace reticle::cpu
