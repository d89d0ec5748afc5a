// SPDX-License-Identifier: Apache-2.0
// GridRows: between a band of orders along y and many rows of pixels, through a grid of twice as many points as orders.
//
//   exp(2 pi i n v) = c(n) sum_k w(u - k) exp(2 pi i n k / points),  u = points v,  |n| <= half
//
// Orders and points are tied by an FFT; a row of pixels takes its k_grid_taps next points, whatever the number of orders, with
// a Kaiser-Bessel window w [Jackson, Meyer, Nishimura, Macovski 1991]. At 2.0 points an order or more that is off by 2e-7 at
// most, of each order's own size: what single precision leaves of sums. The transpose takes rows to orders.
#pragma once

#include <vector>

#include "kernels/cpu/aligned.h"
#include "kernels/cpu/band_fft.h"
#include "kernels/cpu/grid_loops.h"
#include "kernels/cpu/lanes.h"

namespace reticle::cpu {

// Tables and scratch memory for one axis; one per thread. For the k_tile_cols columns of a tile, as two lanes of complex numbers.
class GridRows {
 public:
  // offset: of row 0, in rows.
  GridRows(int rows, int half, double offset);

  // Whether it takes fewer operations than sums of cos and sin.
  static bool are_cheaper(int rows, int half);

  // Of a tile, with those that lie beyond either end: periodic.
  int points() const { return fft_.length() + k_grid_taps; }
  GridTables<float> tables() const { return {first_.data(), weights_.data(), static_cast<int>(first_.size())}; }

  // A row is the sum over n >= 0 of re(n) cos(n t) - im(n) sin(n t). order(n): re and im, of two lanes each.
  template <class Order>
  void to_points(const Order& order, ComplexLanes<float>* points) {
    ComplexLanes<float>* const inner = points + k_beyond;
    fft_.to_samples(
        [&](int m) RETICLE_INLINE {
          const int n = m < 0 ? -m : m;
          const Lanes<float>* o = order(n);
          const float c = correction_[static_cast<std::size_t>(n)];
          if (m == 0) return ComplexLanes<float>{c * o[0], c * o[1]};
          const float half = 0.5f * c;
          if (m > 0) return ComplexLanes<float>{half * (o[0] - o[3]), half * (o[2] + o[1])};
          return ComplexLanes<float>{half * (o[0] + o[3]), half * (o[1] - o[2])};
        },
        [inner](int k, const ComplexLanes<float>& value) RETICLE_INLINE { inner[k] = value; });
    const int n = fft_.length();
    for (int k = 0; k < k_beyond; ++k) {
      points[k] = points[n + k];
      inner[n + k] = inner[k];
    }
  }

  // The transpose: order(n) receives the sums of rows times cos, and of rows times -sin. Overwrites the points.
  template <class Order>
  void to_orders(ComplexLanes<float>* points, const Order& order) {
    ComplexLanes<float>* const inner = points + k_beyond;
    const int n = fft_.length();
    for (int k = 0; k < k_beyond; ++k) {
      add(points[k], points[n + k]);
      add(inner[n + k], inner[k]);
    }
    ComplexLanes<float>* const middle = orders_.data() + fft_.half();
    fft_.to_orders([inner](int k) RETICLE_INLINE { return inner[k]; },
                   [middle](int m, const ComplexLanes<float>& value) RETICLE_INLINE { middle[m] = value; });
    for (int m = 0; m <= fft_.half(); ++m) {
      const ComplexLanes<float>&plus = middle[m], &minus = middle[-m];
      const float c = 0.5f * correction_[static_cast<std::size_t>(m)];
      Lanes<float>* o = order(m);
      o[0] = c * (plus.re + minus.re);
      o[1] = c * (plus.im + minus.im);
      o[2] = c * (plus.im - minus.im);
      o[3] = c * (minus.re - plus.re);
    }
  }

 private:
  static constexpr int k_beyond = k_grid_taps / 2;
  static void add(const ComplexLanes<float>& from, ComplexLanes<float>& to) {
    to.re += from.re;
    to.im += from.im;
  }

  BandFft<float> fft_;
  std::vector<int> first_;
  AlignedVector<float> weights_;     // [row][k_grid_taps]
  std::vector<float> correction_;    // c, [order]
  AlignedVector<ComplexLanes<float>> orders_;
};

}  // namespace reticle::cpu
