// SPDX-License-Identifier: Apache-2.0
// The loops of SocsFields over V, the vector of numbers taken at once: Lanes<T>, or WideLanes for two rows or two columns
// side by side. Lanes never mix, so that both give the same bits. Plain memory only: compiled for several processors (wide.h).
#pragma once

#include <cstddef>
#include <type_traits>

#include "kernels/cpu/band_fft.h"
#include "kernels/cpu/lanes.h"

namespace reticle::cpu {

// One condition's arrays, as SocsFields describes them.
template <class T>
struct SocsArrays {
  BandPasses<T> x, y;
  int groups;
  const ComplexLanes<T>* kernels;  // [group][n][m]
  ComplexLanes<T>* fields;         // [x][group][y]
  ComplexLanes<T>* rows;           // [group][n][x]
  void* column;                    // [y] of WideLanes
  Lanes<T>* sums;                  // [n][m] {re, im}

  int row_orders() const { return 2 * x.half + 1; }
  int order_rows() const { return 2 * y.half + 1; }
  std::ptrdiff_t row_points() const { return static_cast<std::ptrdiff_t>(order_rows()) * x.length; }
};

// At `from`, and for WideLanes at `from + apart` too.
template <class V, class T>
[[gnu::always_inline]] inline V take(const Lanes<T>* from, std::ptrdiff_t apart) {
  if constexpr (std::is_same_v<V, Lanes<T>>)
    return *from;
  else
    return __builtin_shufflevector(from[0], from[apart], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
template <class T, class V>
[[gnu::always_inline]] inline void put(const V& value, Lanes<T>* to, std::ptrdiff_t apart) {
  if constexpr (std::is_same_v<V, Lanes<T>>) {
    *to = value;
  } else {
    to[0] = __builtin_shufflevector(value, value, 0, 1, 2, 3, 4, 5, 6, 7);
    to[apart] = __builtin_shufflevector(value, value, 8, 9, 10, 11, 12, 13, 14, 15);
  }
}
template <class V, class T>
[[gnu::always_inline]] inline ComplexOf<V> take(const ComplexLanes<T>* from, std::ptrdiff_t apart) {
  return {take<V, T>(&from->re, 2 * apart), take<V, T>(&from->im, 2 * apart)};
}
template <class T, class V>
[[gnu::always_inline]] inline void put(const ComplexOf<V>& value, ComplexLanes<T>* to, std::ptrdiff_t apart) {
  put<T>(value.re, &to->re, 2 * apart);
  put<T>(value.im, &to->im, 2 * apart);
}
// a in the lanes of one, b in those of the other.
template <class V, class T>
[[gnu::always_inline]] inline V both(T a, T b) {
  const Lanes<T> lanes[2] = {Lanes<T>{} + a, Lanes<T>{} + b};
  return take<V, T>(lanes, 1);
}
// work(place, one) for 0..count - 1, two at a time for WideLanes; a last one alone as Lanes.
template <class V, class T, class Work>
[[gnu::always_inline]] inline void in_pairs(int count, const Work& work) {
  constexpr int k_step = k_lanes_of<V> / k_lanes;
  int i = 0;
  for (; i + k_step <= count; i += k_step) work(i, V{});
  for (; i < count; ++i) work(i, Lanes<T>{});
}

// All groups' coefficients along x, for all orders in y: into rows. mask: [n][m] {re, im}.
template <class V, class T>
void socs_rows(const SocsArrays<T>& s, const T* mask) {
  const int nx = s.x.length, cols = s.row_orders(), rows = s.order_rows();
  for (int g = 0; g < s.groups; ++g)
    in_pairs<V, T>(rows, [&]<class W>(int n, const W&) RETICLE_INLINE {
      const std::ptrdiff_t place = static_cast<std::ptrdiff_t>(g) * rows + n;
      const ComplexLanes<T>* h = s.kernels + place * cols + s.x.half;
      const T* c = mask + 2 * (static_cast<std::ptrdiff_t>(n) * cols + s.x.half);
      ComplexLanes<T>* row = s.rows + place * nx;
      const std::ptrdiff_t next = k_lanes_of<W> > k_lanes ? 2 * cols : 0;
      band_fft::to_samples(
          s.x,
          [=](int m) RETICLE_INLINE {
            const ComplexOf<W> a = take<W, T>(h + m, cols);
            const W re = both<W, T>(c[2 * m], c[2 * m + next]), im = both<W, T>(c[2 * m + 1], c[2 * m + 1 + next]);
            return ComplexOf<W>{a.re * re - a.im * im, a.re * im + a.im * re};
          },
          [row, nx](int x, const ComplexOf<W>& value) RETICLE_INLINE { put<T>(value, row + x, nx); });
    });
}

// Column x of a group, and for WideLanes x + 1: sample(y, field).
template <class V, class T, class Sample>
[[gnu::always_inline]] inline void socs_column(const SocsArrays<T>& s, int group, int x, const Sample& sample) {
  const std::ptrdiff_t nx = s.x.length;
  const ComplexLanes<T>* column = s.rows + group * s.row_points() + s.y.half * nx + x;
  band_fft::to_samples(
      s.y,
      [column, nx](int n) RETICLE_INLINE {
        __builtin_prefetch(column + n * nx + k_lanes_of<V> / k_lanes);  // of the next column
        return take<V, T>(column + n * nx, 1);
      },
      sample);
}

// From rows: the fields, and the sum of their squares, [y][x].
template <class V, class T>
void socs_intensity(const SocsArrays<T>& s, T* intensity) {
  const int nx = s.x.length, ny = s.y.length;
  in_pairs<V, T>(nx, [&]<class W>(int x, const W&) RETICLE_INLINE {
    constexpr int k_step = k_lanes_of<W> / k_lanes;
    W* sum = static_cast<W*>(s.column);
    for (int y = 0; y < ny; ++y) sum[y] = W{};
    const std::ptrdiff_t apart = static_cast<std::ptrdiff_t>(s.groups) * ny;
    ComplexLanes<T>* field = s.fields + x * apart;
    for (int g = 0; g < s.groups; ++g, field += ny)
      socs_column<W>(s, g, x, [field, ny, apart, sum](int y, const ComplexOf<W>& value) RETICLE_INLINE {
        __builtin_prefetch(field + ny + y, 1);
        put<T>(value, field + y, apart);
        sum[y] += value.re * value.re + value.im * value.im;
      });
    for (int y = 0; y < ny; ++y) {
      Lanes<T> lanes[2];
      put<T>(sum[y], lanes, 1);
      for (int i = 0; i < k_step; ++i) intensity[static_cast<std::ptrdiff_t>(y) * nx + x + i] = sum_of_lanes<T>(lanes[i]);
    }
  });
}

// From the fields and dL/dI, [y][x]: sums over the groups of conj(H) times the orders of the fields' derivatives.
template <class V, class T>
void socs_adjoint(const SocsArrays<T>& s, const T* d_intensity) {
  const int nx = s.x.length, ny = s.y.length, cols = s.row_orders(), rows = s.order_rows();
  in_pairs<V, T>(nx, [&]<class W>(int x, const W&) RETICLE_INLINE {
    constexpr int k_step = k_lanes_of<W> / k_lanes;
    W* weight = static_cast<W*>(s.column);
    for (int y = 0; y < ny; ++y) {
      const T* d = d_intensity + static_cast<std::ptrdiff_t>(y) * nx + x;
      weight[y] = both<W, T>(d[0], d[k_step - 1]);
    }
    const std::ptrdiff_t apart = static_cast<std::ptrdiff_t>(s.groups) * ny;
    const ComplexLanes<T>* field = s.fields + x * apart;
    ComplexLanes<T>* column = s.rows + static_cast<std::ptrdiff_t>(s.y.half) * nx + x;
    for (int g = 0; g < s.groups; ++g, field += ny, column += s.row_points())
      band_fft::to_orders(
          s.y,
          [field, ny, apart, weight](int y) RETICLE_INLINE {
            __builtin_prefetch(field + ny + y);
            const ComplexOf<W> e = take<W, T>(field + y, apart);
            return ComplexOf<W>{e.re * weight[y], e.im * weight[y]};
          },
          [column, nx](int n, const ComplexOf<W>& value) RETICLE_INLINE {
            put<T>(value, column + static_cast<std::ptrdiff_t>(n) * nx, 1);
          });
  });
  for (std::ptrdiff_t i = 0; i < 2 * static_cast<std::ptrdiff_t>(rows) * cols; ++i) s.sums[i] = Lanes<T>{};
  for (int g = 0; g < s.groups; ++g)
    in_pairs<V, T>(rows, [&]<class W>(int n, const W&) RETICLE_INLINE {
      const std::ptrdiff_t place = static_cast<std::ptrdiff_t>(g) * rows + n;
      const ComplexLanes<T>* h = s.kernels + place * cols + s.x.half;
      const ComplexLanes<T>* row = s.rows + place * nx;
      Lanes<T>* sum = s.sums + 2 * (static_cast<std::ptrdiff_t>(n) * cols + s.x.half);
      band_fft::to_orders(s.x, [row, nx](int x) RETICLE_INLINE { return take<W, T>(row + x, nx); },
                          [h, sum, cols](int m, const ComplexOf<W>& e) RETICLE_INLINE {
                            const ComplexOf<W> a = take<W, T>(h + m, cols);
                            W re = take<W, T>(sum + 2 * m, 2 * cols), im = take<W, T>(sum + 2 * m + 1, 2 * cols);
                            re += a.re * e.re + a.im * e.im;
                            im += a.re * e.im - a.im * e.re;
                            put<T>(re, sum + 2 * m, 2 * cols);
                            put<T>(im, sum + 2 * m + 1, 2 * cols);
                          });
    });
}

}  // namespace reticle::cpu
