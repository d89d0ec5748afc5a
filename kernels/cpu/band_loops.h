// SPDX-License-Identifier: Apache-2.0
// The loops of BandTransform over V, the vector of numbers taken at once: Lanes<T>, two beside each other for the columns of a
// tile, or WideLanes. Lanes never mix, so that both give the same bits. Plain memory only (wide.h).
#pragma once

#include <algorithm>
#include <cstddef>

#include "kernels/cpu/lanes.h"

namespace reticle::cpu {

inline constexpr int k_tile_cols = 2 * k_lanes;  // columns that are worked on together
inline constexpr int k_piece_quads = 12;         // of rows

// Tables of the axis along y, [order][quad], and which rows a quad has (BandTransform::QuadAxis).
template <class T>
struct QuadTables {
  const T *cosine, *sine;
  const int* samples;  // [quad][4]; -1: none
  int pitch, half;

  int even_orders() const { return half / 2 + 1; }
  // Where the real parts of an order lie in a tile, its imaginary ones behind them: even orders first.
  int place_of(int n) const { return (n % 2 == 0 ? n / 2 : even_orders() + n / 2) * 2 * k_tile_cols; }
};

namespace band_loops {

template <class V>
inline constexpr int k_wide = k_tile_cols / k_lanes_of<V>;  // vectors in a tile
// Orders (or quads) accumulated in registers at a time.
template <class V>
inline constexpr int k_block = 3;
template <>
inline constexpr int k_block<WideLanes> = 6;

// columns[n] += sum over quads of {cos * a, -sin * b}, a and b the folded rows, for Count orders two apart.
template <int Count, class V, class T>
[[gnu::always_inline]] inline void accumulate(const V* folded, int quads, const T* cosine, const T* sine, int table_pitch,
                                              T* columns) {
  constexpr int K = k_wide<V>;
  V re[Count][K], im[Count][K];
#pragma GCC unroll 6
  for (int n = 0; n < Count; ++n)
    for (int w = 0; w < K; ++w) {
      re[n][w] = load_lanes<V>(columns + 2 * n * k_tile_cols + w * k_lanes_of<V>);
      im[n][w] = load_lanes<V>(columns + (2 * n + 1) * k_tile_cols + w * k_lanes_of<V>);
    }
  for (int q = 0; q < quads; ++q, folded += 4 * K) {
#pragma GCC unroll 6
    for (int n = 0; n < Count; ++n) {
      const T c = cosine[2 * n * table_pitch + q], s = sine[2 * n * table_pitch + q];
      for (int w = 0; w < K; ++w) {
        re[n][w] += folded[w] * c;
        im[n][w] -= folded[K + w] * s;
      }
    }
  }
#pragma GCC unroll 6
  for (int n = 0; n < Count; ++n)
    for (int w = 0; w < K; ++w) {
      store_lanes(re[n][w], columns + 2 * n * k_tile_cols + w * k_lanes_of<V>);
      store_lanes(im[n][w], columns + (2 * n + 1) * k_tile_cols + w * k_lanes_of<V>);
    }
}

// For Count quads: sums[q] = {sum_n re cos, sum_n im sin} over `orders` orders two apart.
template <int Count, class V, class T>
[[gnu::always_inline]] inline void sum_orders(const T* columns, int orders, const T* cosine, const T* sine, int table_pitch,
                                              V (*sums)[2][k_wide<V>]) {
  constexpr int K = k_wide<V>;
  V even[Count][K]{}, odd[Count][K]{};
  for (int n = 0; n < orders; ++n, columns += 2 * k_tile_cols) {
#pragma GCC unroll 6
    for (int q = 0; q < Count; ++q) {
      const T c = cosine[2 * n * table_pitch + q], s = sine[2 * n * table_pitch + q];
      for (int w = 0; w < K; ++w) {
        even[q][w] += load_lanes<V>(columns + w * k_lanes_of<V>) * c;
        odd[q][w] += load_lanes<V>(columns + k_tile_cols + w * k_lanes_of<V>) * s;
      }
    }
  }
#pragma GCC unroll 6
  for (int q = 0; q < Count; ++q)
    for (int w = 0; w < K; ++w) {
      sums[q][0][w] = even[q][w];
      sums[q][1][w] = odd[q][w];
    }
}

// run<Count>() for the number of orders or quads left.
template <int Most, class Run>
[[gnu::always_inline]] inline void with_count(int left, const Run& run) {
  if constexpr (Most > 1) {
    if (left < Most) return with_count<Most - 1>(left, run);
  }
  run.template operator()<Most>();
}

}  // namespace band_loops

// Pixels of some quads of a tile from its columns: [row of the quads][k_tile_cols].
template <class V, class T>
void expand_quads(const QuadTables<T>& y, int first, int count, const T* tile, T* pixels) {
  using namespace band_loops;
  constexpr int K = k_wide<V>, L = k_lanes_of<V>;
  for (int q = 0; q < count; q += k_block<V>) {
    const int quads = std::min(k_block<V>, count - q);
    V sums[2][k_block<V>][2][K]{};  // [parity of the order]
    for (int parity = 0; parity <= std::min(1, y.half); ++parity) {
      const T* in = tile + y.place_of(parity);
      const int orders = (y.half - parity) / 2 + 1;
      const T* c = y.cosine + parity * y.pitch + first + q;
      const T* s = y.sine + parity * y.pitch + first + q;
      with_count<k_block<V>>(
          quads, [&]<int Count>() RETICLE_INLINE { sum_orders<Count, V>(in, orders, c, s, y.pitch, sums[parity]); });
    }
    for (int i = 0; i < quads; ++i)
      for (int w = 0; w < K; ++w) {
        const V cos_sum = sums[0][i][0][w] + sums[1][i][0][w];
        const V sin_sum = sums[0][i][1][w] + sums[1][i][1][w];
        const V other_cos = sums[0][i][0][w] - sums[1][i][0][w];
        const V other_sin = sums[1][i][1][w] - sums[0][i][1][w];
        T* out = pixels + 4 * (q + i) * k_tile_cols + w * L;
        store_lanes(cos_sum - sin_sum, out);
        store_lanes(cos_sum + sin_sum, out + k_tile_cols);
        store_lanes(other_cos - other_sin, out + 2 * k_tile_cols);
        store_lanes(other_cos + other_sin, out + 3 * k_tile_cols);
      }
  }
}

// The transpose: pixels of `count` quads, at most k_piece_quads, added to the tile's columns. Rows that are none do not count.
template <class V, class T>
void add_quads(const QuadTables<T>& y, int first, int count, const T* pixels, T* tile) {
  using namespace band_loops;
  constexpr int K = k_wide<V>, L = k_lanes_of<V>;
  V folded[k_piece_quads * 4 * K];  // what cos and sin of even orders, then of odd orders, multiply: [quad][4][K]
  for (int q = 0; q < count; ++q)
    for (int w = 0; w < K; ++w) {
      V v[4];
      for (int i = 0; i < 4; ++i)
        v[i] = y.samples[4 * (first + q) + i] < 0 ? V{} : load_lanes<V>(pixels + (4 * q + i) * k_tile_cols + w * L);
      const V sum = v[0] + v[1], other_sum = v[2] + v[3];
      const V difference = v[0] - v[1], other_difference = v[2] - v[3];
      V* out = folded + q * 4 * K + w;
      out[0] = sum + other_sum;
      out[K] = difference - other_difference;
      out[2 * K] = sum - other_sum;
      out[3 * K] = difference + other_difference;
    }
  for (int parity = 0; parity <= std::min(1, y.half); ++parity)
    for (int n = parity; n <= y.half; n += 2 * k_block<V>) {
      const T* c = y.cosine + static_cast<std::ptrdiff_t>(n) * y.pitch + first;
      const T* s = y.sine + static_cast<std::ptrdiff_t>(n) * y.pitch + first;
      with_count<k_block<V>>((y.half - n) / 2 + 1, [&]<int Count>() RETICLE_INLINE {
        accumulate<Count, V>(folded + parity * 2 * K, count, c, s, y.pitch, tile + y.place_of(n));
      });
    }
}

}  // namespace reticle::cpu
