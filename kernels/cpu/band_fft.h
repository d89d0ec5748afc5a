// SPDX-License-Identifier: Apache-2.0
// BandFft: eight transforms at once between a band of orders and the samples of the coarsest grid that holds the product
// of two such signals.
//
//   to_samples:  x(j) = sum_{|m| <= half} c(m) exp(+2 pi i j m / n),     n >= 4 half + 1
//   to_orders:   c(m) = sum_j x(j) exp(-2 pi i j m / n),  |m| <= half;  no scaling
//
// More than half of the grid's orders are zero or not wanted: the first pass skips the zeros, the last one what is not
// wanted, and both call for and hand over numbers where they are, which saves passes over memory.
#pragma once

#include <cstddef>
#include <utility>

#include "kernels/cpu/aligned.h"
#include "kernels/cpu/lane_fft.h"

namespace reticle::cpu {

// Plan and scratch memory; one per thread.
template <class T>
class BandFft {
 public:
  explicit BandFft(int half)
      : half_(half), fft_(fast_fft_length(4 * half + 1)), work_(2 * static_cast<std::size_t>(fft_.length())) {}
  int half() const { return half_; }
  int length() const { return fft_.length(); }

  // order(m) is the coefficient of each order, called once or twice; sample(j, value) takes each sample, in any sequence.
  template <class Order, class Sample>
  void to_samples(const Order& order, const Sample& sample) {
    if (fft_.pass(0).radix == 4 && fft_.passes() > 1)
      return between([&](const auto& to) { from_quarter_bands(order, to); }, sample);
    const int n = length();
    const auto in = [&](int i) { return i <= half_ ? order(i) : i >= n - half_ ? order(i - n) : Complex{}; };
    if (fft_.passes() == 1) return run_pass<1>(fft_.pass(0), in, sample);
    between([&](const auto& to) { run_pass<1>(fft_.pass(0), in, to); }, sample);
  }

  // sample(j) is each sample, called once; order(m, value) takes each coefficient, in any sequence.
  template <class Sample, class Order>
  void to_orders(const Sample& sample, const Order& order) {
    const int n = length();
    const auto out = [&](int i, const Complex& value) {
      if (i <= half_) order(i, value);
      if (i >= n - half_) order(i - n, value);
    };
    if (fft_.passes() == 1) return run_pass<-1>(fft_.pass(0), sample, out);
    Complex* from = work_.data();
    Complex* to = from + n;
    run_pass<-1>(fft_.pass(0), sample, [from](int i, const Complex& v) { from[i] = v; });
    for (std::size_t i = 1; i + 1 < fft_.passes(); ++i, std::swap(from, to)) copy_pass<-1>(fft_.pass(i), from, to);
    const LanePass<T> last = fft_.pass(fft_.passes() - 1);
    if (last.radix == 2)
      to_half_bands(from, order);
    else if (last.radix == 6)
      to_sixth_bands(from, order);
    else
      run_pass<-1>(last, [from](int i) { return from[i]; }, out);
  }

 private:
  using Complex = ComplexLanes<T>;

  // The passes after the first, of a transform with several.
  template <class First, class Sample>
  void between(const First& first, const Sample& sample) {
    Complex* from = work_.data();
    Complex* to = from + length();
    first([from](int i, const Complex& v) { from[i] = v; });
    for (std::size_t i = 1; i + 1 < fft_.passes(); ++i, std::swap(from, to)) copy_pass<1>(fft_.pass(i), from, to);
    run_pass<1>(fft_.pass(fft_.passes() - 1), [from](int i) { return from[i]; }, sample);
  }

  // A first pass of radix 4: the inner two of four numbers lie outside the band.
  template <class Order, class Out>
  void from_quarter_bands(const Order& order, const Out& y) {
    const int m = length() / 4;
    const T* twiddle = fft_.pass(0).twiddle;
    for (int p = 0; p < m; ++p, twiddle += 6) {
      const Complex a = p <= half_ ? order(p) : Complex{}, b = m - p <= half_ ? order(p - m) : Complex{};
      const Complex v[4] = {{a.re + b.re, a.im + b.im},
                            {a.re + b.im, a.im - b.re},
                            {a.re - b.re, a.im - b.im},
                            {a.re - b.im, a.im + b.re}};
      y(4 * p, v[0]);
      for (int j = 1; j < 4; ++j) {
        const T c = twiddle[2 * j - 2], s = twiddle[2 * j - 1];
        y(4 * p + j, {v[j].re * c - v[j].im * s, v[j].re * s + v[j].im * c});
      }
    }
  }

  // A last pass of radix 2: of each pair at most one number is wanted.
  template <class Order>
  void to_half_bands(const Complex* x, const Order& order) {
    const int stride = length() / 2;
    for (int q = 0; q <= half_; ++q)
      order(q, {x[q].re + x[q + stride].re, x[q].im + x[q + stride].im});
    for (int q = stride - half_; q < stride; ++q)
      order(q - stride, {x[q].re - x[q + stride].re, x[q].im - x[q + stride].im});
  }

  // A last pass of radix 6: of six numbers the third and fourth lie outside the band.
  template <class Order>
  void to_sixth_bands(const Complex* x, const Order& order) {
    const int stride = length() / 6;
    for (int q = 0; q < stride; ++q, ++x) {
      Complex a[6];
      for (int j = 0; j < 6; ++j) a[j] = x[stride * j];
      small_dft<6, -1, T>(a);
      if (q <= half_) order(q, a[0]);
      if (q + stride <= half_) order(q + stride, a[1]);
      if (2 * stride - q <= half_) order(q - 2 * stride, a[4]);
      if (stride - q <= half_) order(q - stride, a[5]);
    }
  }

  int half_;
  LaneFft<T> fft_;
  AlignedVector<Complex> work_;
};

}  // namespace reticle::cpu
