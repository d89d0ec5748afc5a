// SPDX-License-Identifier: Apache-2.0
// BandFft: transforms, one a lane, between a band of orders and the samples of the coarsest grid that holds the product of
// two such signals.
//
//   to_samples:  x(j) = sum_{|m| <= half} c(m) exp(+2 pi i j m / n),     n >= 4 half + 1
//   to_orders:   c(m) = sum_j x(j) exp(-2 pi i j m / n),  |m| <= half;  no scaling
//
// More than half of the grid's orders are zero or not wanted: the first pass skips the zeros, the last one what is not
// wanted, and both call for and hand over numbers where they are, which saves passes over memory.
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "kernels/cpu/aligned.h"
#include "kernels/cpu/lane_fft.h"

namespace reticle::cpu {

// What one transform takes, in plain memory: also for loops that are compiled for other processors (wide.h).
template <class T>
struct BandPasses {
  static constexpr int k_most = 24;
  int half, length, passes;
  LanePass<T> pass[k_most];
  void* work;  // of one thread: two transforms of WideLanes
};

namespace band_fft {

// A first pass of radix 4: the inner two of four numbers lie outside the band.
template <class T, class Order, class Out>
[[gnu::always_inline]] inline void from_quarter_bands(const BandPasses<T>& fft, const Order& order, const Out& y) {
  using Complex = std::remove_cvref_t<decltype(order(0))>;
  const int m = fft.length / 4, half = fft.half;
  const T* twiddle = fft.pass[0].twiddle;
  for (int p = 0; p < m; ++p, twiddle += 6) {
    const Complex a = p <= half ? order(p) : Complex{}, b = m - p <= half ? order(p - m) : Complex{};
    const Complex v[4] = {{a.re + b.re, a.im + b.im},
                          {a.re + b.im, a.im - b.re},
                          {a.re - b.re, a.im - b.im},
                          {a.re - b.im, a.im + b.re}};
    y(4 * p, v[0]);
#pragma GCC unroll 6
    for (int j = 1; j < 4; ++j) {
      const T c = twiddle[2 * j - 2], s = twiddle[2 * j - 1];
      y(4 * p + j, Complex{v[j].re * c - v[j].im * s, v[j].re * s + v[j].im * c});
    }
  }
}

// A last pass of radix 2: of each pair at most one number is wanted.
template <class T, class Complex, class Order>
[[gnu::always_inline]] inline void to_half_bands(const BandPasses<T>& fft, const Complex* x, const Order& order) {
  const int stride = fft.length / 2, half = fft.half;
  for (int q = 0; q <= half; ++q)
    order(q, Complex{x[q].re + x[q + stride].re, x[q].im + x[q + stride].im});
  for (int q = stride - half; q < stride; ++q)
    order(q - stride, Complex{x[q].re - x[q + stride].re, x[q].im - x[q + stride].im});
}

// A last pass of radix 6: of six numbers the third and fourth lie outside the band.
template <class T, class Complex, class Order>
[[gnu::always_inline]] inline void to_sixth_bands(const BandPasses<T>& fft, const Complex* x, const Order& order) {
  const int stride = fft.length / 6, half = fft.half;
  for (int q = 0; q < stride; ++q, ++x) {
    Complex a[6];
#pragma GCC unroll 6
    for (int j = 0; j < 6; ++j) a[j] = x[stride * j];
    small_dft<6, -1>(a);
    if (q <= half) order(q, a[0]);
    if (q + stride <= half) order(q + stride, a[1]);
    if (2 * stride - q <= half) order(q - 2 * stride, a[4]);
    if (stride - q <= half) order(q - stride, a[5]);
  }
}

// order(m) is the coefficient of each order, called once or twice; sample(j, value) takes each sample, in any sequence.
template <class T, class Order, class Sample>
inline void to_samples(const BandPasses<T>& fft, const Order& order, const Sample& sample) {
  using Complex = std::remove_cvref_t<decltype(order(0))>;
  const int n = fft.length, half = fft.half;
  const auto in = [&](int i) RETICLE_INLINE { return i <= half ? order(i) : i >= n - half ? order(i - n) : Complex{}; };
  if (fft.passes == 1) return run_pass<1>(fft.pass[0], in, sample);
  Complex* from = static_cast<Complex*>(fft.work);
  Complex* to = from + n;
  const auto keep = [from](int i, const Complex& v) RETICLE_INLINE { from[i] = v; };
  if (fft.pass[0].radix == 4)
    from_quarter_bands(fft, order, keep);
  else
    run_pass<1>(fft.pass[0], in, keep);
  for (int i = 1; i + 1 < fft.passes; ++i, std::swap(from, to)) copy_pass<1>(fft.pass[i], from, to);
  const Complex* last = from;
  run_pass<1>(fft.pass[fft.passes - 1], [last](int i) RETICLE_INLINE { return last[i]; }, sample);
}

// sample(j) is each sample, called once; order(m, value) takes each coefficient, in any sequence.
template <class T, class Sample, class Order>
inline void to_orders(const BandPasses<T>& fft, const Sample& sample, const Order& order) {
  using Complex = std::remove_cvref_t<decltype(sample(0))>;
  const int n = fft.length, half = fft.half;
  const auto out = [&](int i, const Complex& value) RETICLE_INLINE {
    if (i <= half) order(i, value);
    if (i >= n - half) order(i - n, value);
  };
  if (fft.passes == 1) return run_pass<-1>(fft.pass[0], sample, out);
  Complex* from = static_cast<Complex*>(fft.work);
  Complex* to = from + n;
  run_pass<-1>(fft.pass[0], sample, [from](int i, const Complex& v) RETICLE_INLINE { from[i] = v; });
  for (int i = 1; i + 1 < fft.passes; ++i, std::swap(from, to)) copy_pass<-1>(fft.pass[i], from, to);
  const LanePass<T> last = fft.pass[fft.passes - 1];
  const Complex* in = from;
  if (last.radix == 2)
    to_half_bands(fft, in, order);
  else if (last.radix == 6)
    to_sixth_bands(fft, in, order);
  else
    run_pass<-1>(last, [in](int i) RETICLE_INLINE { return in[i]; }, out);
}

}  // namespace band_fft

// Plan and scratch memory; one per thread.
template <class T>
class BandFft {
 public:
  explicit BandFft(int half)
      : half_(half), fft_(fast_fft_length(4 * half + 1)), work_(4 * static_cast<std::size_t>(fft_.length())) {}
  int half() const { return half_; }
  int length() const { return fft_.length(); }
  BandPasses<T> passes() {
    BandPasses<T> all{half_, length(), static_cast<int>(fft_.passes()), {}, work_.data()};
    for (int i = 0; i < all.passes; ++i) all.pass[i] = fft_.pass(static_cast<std::size_t>(i));
    return all;
  }

  template <class Order, class Sample>
  void to_samples(const Order& order, const Sample& sample) {
    band_fft::to_samples(passes(), order, sample);
  }
  template <class Sample, class Order>
  void to_orders(const Sample& sample, const Order& order) {
    band_fft::to_orders(passes(), sample, order);
  }

 private:
  int half_;
  LaneFft<T> fft_;
  AlignedVector<ComplexLanes<T>> work_;
};

}  // namespace reticle::cpu
