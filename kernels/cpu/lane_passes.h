// SPDX-License-Identifier: Apache-2.0
// The passes that LaneFft's and BandFft's transforms consist of. What a pass reads and writes are functions of places, so
// that a transform's first and last pass can do what comes before and after it.
#pragma once

#include <numbers>
#include <type_traits>

#include "kernels/cpu/lanes.h"

namespace reticle::cpu {

// DFT of 2..6 points in place, exponent sign Sign.
template <int Radix, int Sign, class V>
[[gnu::always_inline]] inline void small_dft(ComplexOf<V>* a) {
  using T = ScalarOf<V>;
  constexpr T sign = static_cast<T>(Sign);
  if constexpr (Radix == 2) {
    const ComplexOf<V> b = a[1];
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
  } else if constexpr (Radix == 6) {  // two of 3, then three of 2, without factors between (Good 1958)
    ComplexOf<V> b[3] = {a[3], a[5], a[1]};
    a[1] = a[2];
    a[2] = a[4];
    small_dft<3, Sign>(a);
    small_dft<3, Sign>(b);
    const ComplexOf<V> c[3] = {a[0], a[1], a[2]};
    a[0] = {c[0].re + b[0].re, c[0].im + b[0].im};
    a[1] = {c[1].re - b[1].re, c[1].im - b[1].im};
    a[2] = {c[2].re + b[2].re, c[2].im + b[2].im};
    a[3] = {c[0].re - b[0].re, c[0].im - b[0].im};
    a[4] = {c[1].re + b[1].re, c[1].im + b[1].im};
    a[5] = {c[2].re - b[2].re, c[2].im - b[2].im};
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

// A pass: `length` is that of the transforms before it, `stride` their number; [p][j - 1] -> (cos, sin).
template <class T>
struct LanePass {
  int radix, length, stride;
  const T* twiddle;
};

// One Stockham pass: y[q + s (r p + j)] = w^{pj} DFT_r(x[q + s (p + m .)])_j. All factors of p = 0 are 1.
// x(i) reads, y(i, value) writes; all of one DFT is read before it is written.
template <int Radix, int Sign, class T, class In, class Out>
[[gnu::always_inline]] inline void run_pass(const LanePass<T>& pass, const In& x, const Out& y) {
  const int m = pass.length / Radix, stride = pass.stride;
  const T* twiddle = pass.twiddle;
  using Complex = std::remove_cvref_t<decltype(x(0))>;
  const auto transformed = [&](int p, int q, Complex* a) RETICLE_INLINE {
#pragma GCC unroll 6
    for (int j = 0; j < Radix; ++j) a[j] = x(q + stride * (p + m * j));
    small_dft<Radix, Sign>(a);
  };
  for (int q = 0; q < stride; ++q) {
    Complex a[Radix];
    transformed(0, q, a);
#pragma GCC unroll 6
    for (int j = 0; j < Radix; ++j) y(q + stride * j, a[j]);
  }
  for (int p = 1; p < m; ++p) {
    twiddle += 2 * (Radix - 1);
    for (int q = 0; q < stride; ++q) {
      Complex a[Radix];
      transformed(p, q, a);
      y(q + stride * Radix * p, a[0]);
#pragma GCC unroll 6
      for (int j = 1; j < Radix; ++j) {
        const T c = twiddle[2 * j - 2], s = static_cast<T>(Sign) * twiddle[2 * j - 1];
        y(q + stride * (Radix * p + j), {a[j].re * c - a[j].im * s, a[j].re * s + a[j].im * c});
      }
    }
  }
}

template <int Sign, class T, class In, class Out>
[[gnu::always_inline]] inline void run_pass(const LanePass<T>& pass, const In& x, const Out& y) {
  switch (pass.radix) {
    case 2: return run_pass<2, Sign>(pass, x, y);
    case 3: return run_pass<3, Sign>(pass, x, y);
    case 4: return run_pass<4, Sign>(pass, x, y);
    case 6: return run_pass<6, Sign>(pass, x, y);
    default: return run_pass<5, Sign>(pass, x, y);
  }
}

// From one array to another, of eight numbers compiled once.
template <int Sign, class T, class V>
void copy_pass(const LanePass<T>& pass, const ComplexOf<V>* from, ComplexOf<V>* to) {
  run_pass<Sign>(pass, [from](int i) RETICLE_INLINE { return from[i]; }, [to](int i, const ComplexOf<V>& v) RETICLE_INLINE { to[i] = v; });
}
extern template void copy_pass<-1>(const LanePass<float>&, const ComplexLanes<float>*, ComplexLanes<float>*);
extern template void copy_pass<1>(const LanePass<float>&, const ComplexLanes<float>*, ComplexLanes<float>*);
extern template void copy_pass<-1>(const LanePass<double>&, const ComplexLanes<double>*, ComplexLanes<double>*);
extern template void copy_pass<1>(const LanePass<double>&, const ComplexLanes<double>*, ComplexLanes<double>*);

}  // namespace reticle::cpu
