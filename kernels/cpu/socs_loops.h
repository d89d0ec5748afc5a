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
  ComplexLanes<T>* fields;         // [group][x][y]
  ComplexLanes<T>* rows;           // [n][pitch of x], of the group at hand: small enough for a cache
  Lanes<T>* column;                // [y]
  T* points;                       // [x][y]: intensity, or its derivative
  Lanes<T>* sums;                  // [n][m] {re, im}

  int row_orders() const { return 2 * x.half + 1; }
  int order_rows() const { return 2 * y.half + 1; }
  // From a row to the next: odd, so that a column's places do not all fall into the same lines of a cache.
  int pitch() const { return x.length | 1; }
  std::ptrdiff_t field_points() const { return static_cast<std::ptrdiff_t>(x.length) * y.length; }
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

// A group's coefficients along x, for all orders in y: into rows. mask: [n][m] {re, im}.
template <class V, class T>
void socs_rows(const SocsArrays<T>& s, int group, const T* mask) {
  const int pitch = s.pitch(), cols = s.row_orders(), rows = s.order_rows();
  in_pairs<V, T>(rows, [&]<class W>(int n, const W&) RETICLE_INLINE {
    const std::ptrdiff_t place = static_cast<std::ptrdiff_t>(group) * rows + n;
    const ComplexLanes<T>* h = s.kernels + place * cols + s.x.half;
    const T* c = mask + 2 * (static_cast<std::ptrdiff_t>(n) * cols + s.x.half);
    ComplexLanes<T>* row = s.rows + static_cast<std::ptrdiff_t>(n) * pitch;
    const std::ptrdiff_t next = k_lanes_of<W> > k_lanes ? 2 * cols : 0;
    band_fft::to_samples(
        s.x,
        [=](int m) RETICLE_INLINE {
          const ComplexOf<W> a = take<W, T>(h + m, cols);
          const W re = both<W, T>(c[2 * m], c[2 * m + next]), im = both<W, T>(c[2 * m + 1], c[2 * m + 1 + next]);
          return ComplexOf<W>{a.re * re - a.im * im, a.re * im + a.im * re};
        },
        [row, pitch](int x, const ComplexOf<W>& value) RETICLE_INLINE { put<T>(value, row + x, pitch); });
  });
}

// Column x of the group in rows: sample(y, field).
template <class T, class Sample>
[[gnu::always_inline]] inline void socs_column(const SocsArrays<T>& s, int x, const Sample& sample) {
  const std::ptrdiff_t pitch = s.pitch();
  const ComplexLanes<T>* column = s.rows + s.y.half * pitch + x;
  band_fft::to_samples(
      s.y,
      [column, pitch](int n) RETICLE_INLINE {
        __builtin_prefetch(column + n * pitch + 1);  // of the next column
        return column[n * pitch];
      },
      sample);
}

// points[y] += the sums of column[y].
template <class T>
inline void add_sums(const Lanes<T>* column, int count, T* points) {
  int y = 0;
  for (; y + k_lanes <= count; y += k_lanes)
    store_lanes(load_lanes<Lanes<T>>(points + y) + sums_of_lanes<T>(column + y), points + y);
  for (; y < count; ++y) points[y] += sum_of_lanes<T>(column[y]);
}

// From rows: a group's fields, whose squares are added to points.
template <class T>
void add_intensity(const SocsArrays<T>& s, int group) {
  const int ny = s.y.length;
  ComplexLanes<T>* field = s.fields + group * s.field_points();
  Lanes<T>* const column = s.column;
  for (int x = 0; x < s.x.length; ++x, field += ny) {
    socs_column(s, x, [field, ny, column](int y, const ComplexLanes<T>& value) RETICLE_INLINE {
      __builtin_prefetch(field + ny + y, 1);
      field[y] = value;
      column[y] = value.re * value.re + value.im * value.im;
    });
    add_sums(column, ny, s.points + static_cast<std::ptrdiff_t>(x) * ny);
  }
}

// From a group's fields and dL/dI in points: orders along y, into rows.
template <class V, class T>
void adjoint_columns(const SocsArrays<T>& s, int group) {
  const int ny = s.y.length;
  const std::ptrdiff_t pitch = s.pitch();
  in_pairs<V, T>(s.x.length, [&]<class W>(int x, const W&) RETICLE_INLINE {
    const T* d = s.points + static_cast<std::ptrdiff_t>(x) * ny;
    const ComplexLanes<T>* field = s.fields + group * s.field_points() + static_cast<std::ptrdiff_t>(x) * ny;
    ComplexLanes<T>* column = s.rows + s.y.half * pitch + x;
    const int next = k_lanes_of<W> > k_lanes ? ny : 0;
    band_fft::to_orders(
        s.y,
        [field, d, ny, next](int y) RETICLE_INLINE {
          __builtin_prefetch(field + ny + next + y, 0, 0);
          if constexpr (k_lanes_of<W> > k_lanes) __builtin_prefetch(field + 2 * ny + next + y, 0, 0);
          const ComplexOf<W> e = take<W, T>(field + y, ny);
          const W weight = both<W, T>(d[y], d[y + next]);
          return ComplexOf<W>{e.re * weight, e.im * weight};
        },
        [column, pitch](int n, const ComplexOf<W>& value) RETICLE_INLINE { put<T>(value, column + n * pitch, 1); });
  });
}

// From rows: conj(H) times the orders, added to sums.
template <class V, class T>
void adjoint_rows(const SocsArrays<T>& s, int group) {
  const int pitch = s.pitch(), cols = s.row_orders(), rows = s.order_rows();
  in_pairs<V, T>(rows, [&]<class W>(int n, const W&) RETICLE_INLINE {
    const ComplexLanes<T>* h = s.kernels + (static_cast<std::ptrdiff_t>(group) * rows + n) * cols + s.x.half;
    const ComplexLanes<T>* row = s.rows + static_cast<std::ptrdiff_t>(n) * pitch;
    Lanes<T>* sum = s.sums + 2 * (static_cast<std::ptrdiff_t>(n) * cols + s.x.half);
    band_fft::to_orders(s.x, [row, pitch](int x) RETICLE_INLINE { return take<W, T>(row + x, pitch); },
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

// From the fields and dL/dI in points: sums over the groups of conj(H) times the orders of the fields' derivatives.
template <class V, class T>
void socs_adjoint(const SocsArrays<T>& s) {
  for (std::ptrdiff_t i = 0; i < 2 * static_cast<std::ptrdiff_t>(s.order_rows()) * s.row_orders(); ++i) s.sums[i] = Lanes<T>{};
  for (int g = 0; g < s.groups; ++g) {
    adjoint_columns<V>(s, g);
    adjoint_rows<V>(s, g);
  }
}

}  // namespace reticle::cpu
