// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/lane_fft.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "kernels/base/error.h"

namespace reticle::cpu {

namespace {

bool has_small_factors_only(int n) {
  for (int factor : {2, 3, 5})
    while (n % factor == 0) n /= factor;
  return n == 1;
}

// DFT of 2..5 points in place, exponent sign Sign.
template <int Radix, int Sign, class T>
[[gnu::always_inline]] inline void small_dft(ComplexLanes<T>* a) {
  using V = Lanes<T>;
  constexpr T sign = static_cast<T>(Sign);
  if constexpr (Radix == 2) {
    const ComplexLanes<T> b = a[1];
    a[1] = {a[0].re - b.re, a[0].im - b.im};
    a[0] = {a[0].re + b.re, a[0].im + b.im};
  } else if constexpr (Radix == 3) {
    constexpr T s = static_cast<T>(std::numbers::sqrt3 / 2) * sign;
    const V sr = a[1].re + a[2].re, si = a[1].im + a[2].im;
    const V dr = s * (a[1].re - a[2].re), di = s * (a[1].im - a[2].im);
    const V mr = a[0].re - T(0.5) * sr, mi = a[0].im - T(0.5) * si;
    a[0] = {a[0].re + sr, a[0].im + si};
    a[1] = {mr - di, mi + dr};
    a[2] = {mr + di, mi - dr};
  } else if constexpr (Radix == 4) {
    const V pr = a[0].re + a[2].re, pi = a[0].im + a[2].im;
    const V mr = a[0].re - a[2].re, mi = a[0].im - a[2].im;
    const V qr = a[1].re + a[3].re, qi = a[1].im + a[3].im;
    const V nr = sign * (a[1].re - a[3].re), ni = sign * (a[1].im - a[3].im);
    a[0] = {pr + qr, pi + qi};
    a[2] = {pr - qr, pi - qi};
    a[1] = {mr - ni, mi + nr};
    a[3] = {mr + ni, mi - nr};
  } else {
    static_assert(Radix == 5);
    constexpr T c1 = static_cast<T>(0.30901699437494742410);
    constexpr T c2 = static_cast<T>(-0.80901699437494742410);
    constexpr T s1 = static_cast<T>(0.95105651629515357212) * sign;
    constexpr T s2 = static_cast<T>(0.58778525229247312917) * sign;
    const V ur = a[1].re + a[4].re, ui = a[1].im + a[4].im;
    const V vr = a[1].re - a[4].re, vi = a[1].im - a[4].im;
    const V wr = a[2].re + a[3].re, wi = a[2].im + a[3].im;
    const V zr = a[2].re - a[3].re, zi = a[2].im - a[3].im;
    const V e1r = a[0].re + c1 * ur + c2 * wr, e1i = a[0].im + c1 * ui + c2 * wi;
    const V e2r = a[0].re + c2 * ur + c1 * wr, e2i = a[0].im + c2 * ui + c1 * wi;
    const V o1r = s1 * vr + s2 * zr, o1i = s1 * vi + s2 * zi;
    const V o2r = s2 * vr - s1 * zr, o2i = s2 * vi - s1 * zi;
    a[0] = {a[0].re + ur + wr, a[0].im + ui + wi};
    a[1] = {e1r - o1i, e1i + o1r};
    a[4] = {e1r + o1i, e1i - o1r};
    a[2] = {e2r - o2i, e2i + o2r};
    a[3] = {e2r + o2i, e2i - o2r};
  }
}

// One Stockham pass: y[q + s (r p + j)] = w^{pj} DFT_r(x[q + s (p + m .)])_j. All factors of p = 0 are 1.
template <int Radix, int Sign, class T>
void pass(const ComplexLanes<T>* x, ComplexLanes<T>* y, int length, int stride, const T* twiddle) {
  const int m = length / Radix;
  const auto transformed = [&](int p, int q, ComplexLanes<T>* a) {
    for (int j = 0; j < Radix; ++j) a[j] = x[q + stride * (p + m * j)];
    small_dft<Radix, Sign, T>(a);
  };
  for (int q = 0; q < stride; ++q) {
    ComplexLanes<T> a[Radix];
    transformed(0, q, a);
    for (int j = 0; j < Radix; ++j) y[q + stride * j] = a[j];
  }
  for (int p = 1; p < m; ++p) {
    twiddle += 2 * (Radix - 1);
    for (int q = 0; q < stride; ++q) {
      ComplexLanes<T> a[Radix];
      transformed(p, q, a);
      y[q + stride * Radix * p] = a[0];
      for (int j = 1; j < Radix; ++j) {
        const T c = twiddle[2 * j - 2], s = static_cast<T>(Sign) * twiddle[2 * j - 1];
        y[q + stride * (Radix * p + j)] = {a[j].re * c - a[j].im * s, a[j].re * s + a[j].im * c};
      }
    }
  }
}

}  // namespace

int fast_fft_length(int minimum) {
  int n = std::max(minimum, 2);
  while (!has_small_factors_only(n) || n % 2 != 0) ++n;
  return n;
}

template <class T>
LaneFft<T>::LaneFft(int n) : n_(n) {
  if (n < 1 || !has_small_factors_only(n))
    throw Error(ErrorCode::invalid_argument,
                "FFT length " + std::to_string(n) + " has a prime factor above 5");
  int length = n, stride = 1;
  while (length > 1) {
    int radix = 4;
    while (length % radix != 0) radix = radix == 4 ? 5 : radix == 5 ? 3 : 2;
    stages_.push_back({radix, length, stride, twiddles_.size()});
    for (int p = 0; p < length / radix; ++p) {
      for (int j = 1; j < radix; ++j) {
        const double angle = 2.0 * std::numbers::pi * ((p * j) % length) / length;
        twiddles_.push_back(static_cast<T>(std::cos(angle)));
        twiddles_.push_back(static_cast<T>(std::sin(angle)));
      }
    }
    length /= radix;
    stride *= radix;
  }
}

template <class T>
template <int Sign>
void LaneFft<T>::transform(ComplexLanes<T>* data, ComplexLanes<T>* scratch) const {
  ComplexLanes<T>* from = data;
  ComplexLanes<T>* to = scratch;
  for (const Stage& stage : stages_) {
    const T* twiddle = twiddles_.data() + stage.twiddle;
    switch (stage.radix) {
      case 2: pass<2, Sign, T>(from, to, stage.length, stage.stride, twiddle); break;
      case 3: pass<3, Sign, T>(from, to, stage.length, stage.stride, twiddle); break;
      case 4: pass<4, Sign, T>(from, to, stage.length, stage.stride, twiddle); break;
      default: pass<5, Sign, T>(from, to, stage.length, stage.stride, twiddle); break;
    }
    std::swap(from, to);
  }
  if (from != data) std::copy(from, from + n_, data);
}

template <class T>
void LaneFft<T>::forward(ComplexLanes<T>* data, ComplexLanes<T>* scratch) const {
  transform<-1>(data, scratch);
}
template <class T>
void LaneFft<T>::backward(ComplexLanes<T>* data, ComplexLanes<T>* scratch) const {
  transform<1>(data, scratch);
}

template class LaneFft<float>;
template class LaneFft<double>;

}  // namespace reticle::cpu
