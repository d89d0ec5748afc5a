// SPDX-License-Identifier: Apache-2.0
// Butterflies of 2..9 points and the in-place mixed-radix transform built from them.
//
//   X[k] = sum_j x[j] exp(Sign 2 pi i j k / n)
//
// Decimation in frequency takes natural order to digit-reversed positions, decimation in time takes
// them back [Gentleman & Sande 1966]: a field is transformed, weighted and transformed back without a
// reordering and without a second buffer, as every butterfly writes where it has read.
#pragma once

#include <initializer_list>

#include "kernels/pixel/host_device.h"

namespace reticle::pixel {

// One access of memory moves both parts of a scalar one.
template <class T>
struct alignas(sizeof(T) <= 8 ? 2 * sizeof(T) : alignof(T)) Complex {
  T re;
  T im;
};

template <class T>
RETICLE_HD Complex<T> operator+(Complex<T> a, Complex<T> b) {
  return {a.re + b.re, a.im + b.im};
}
template <class T>
RETICLE_HD Complex<T> operator-(Complex<T> a, Complex<T> b) {
  return {a.re - b.re, a.im - b.im};
}
template <class T>
RETICLE_HD Complex<T> operator*(Complex<T> a, Complex<T> b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
template <class T>
RETICLE_HD Complex<T> operator*(Complex<T> a, T s) {
  return {a.re * s, a.im * s};
}
template <class T>
RETICLE_HD Complex<T> conj(Complex<T> a) {
  return {a.re, -a.im};
}
template <class T>
RETICLE_HD T norm(Complex<T> a) {
  return a.re * a.re + a.im * a.im;
}

// exp(2 pi i k / n) for n = 8 and 9, k = 0..4: what the composed butterflies need.
template <int N, class T>
RETICLE_HD Complex<T> fixed_root(int k) {
  if constexpr (N == 8) {
    const T s = T(0.70710678118654752440);
    return k == 0 ? Complex<T>{1, 0} : k == 1 ? Complex<T>{s, s} : k == 2 ? Complex<T>{0, 1} : Complex<T>{-s, s};
  } else {
    static_assert(N == 9);
    if (k == 0) return {1, 0};
    if (k == 1) return {T(0.76604444311897803520), T(0.64278760968653932632)};
    if (k == 2) return {T(0.17364817766693034885), T(0.98480775301220805937)};
    return {T(-0.93969262078590838405), T(0.34202014332566873304)};  // k = 4
  }
}

// a times exp(Sign 2 pi i k / N).
template <int N, int Sign, class T>
RETICLE_HD Complex<T> turned(Complex<T> a, int k) {
  if (k == 0) return a;
  if (N == 8 && k == 2) return Sign > 0 ? Complex<T>{-a.im, a.re} : Complex<T>{a.im, -a.re};
  const Complex<T> root = fixed_root<N, T>(k);
  return a * (Sign > 0 ? root : conj(root));
}

// DFT of Radix points in place; exponent sign Sign.
template <int Radix, int Sign, class T>
RETICLE_HD void butterfly(Complex<T>* a) {
  constexpr T sign = static_cast<T>(Sign);
  if constexpr (Radix == 2) {
    const Complex<T> b = a[1];
    a[1] = a[0] - b;
    a[0] = a[0] + b;
  } else if constexpr (Radix == 3) {
    constexpr T s = T(0.86602540378443864676) * sign;
    const Complex<T> sum = a[1] + a[2], d = a[1] - a[2], m = a[0] - sum * T(0.5);
    a[0] = a[0] + sum;
    a[1] = {m.re - s * d.im, m.im + s * d.re};
    a[2] = {m.re + s * d.im, m.im - s * d.re};
  } else if constexpr (Radix == 4) {
    const Complex<T> p = a[0] + a[2], m = a[0] - a[2], q = a[1] + a[3], n = (a[1] - a[3]) * sign;
    a[0] = p + q;
    a[2] = p - q;
    a[1] = {m.re - n.im, m.im + n.re};
    a[3] = {m.re + n.im, m.im - n.re};
  } else if constexpr (Radix == 5) {
    constexpr T c1 = T(0.30901699437494742410), c2 = T(-0.80901699437494742410);
    constexpr T s1 = T(0.95105651629515357212) * sign, s2 = T(0.58778525229247312917) * sign;
    const Complex<T> u = a[1] + a[4], v = a[1] - a[4], w = a[2] + a[3], z = a[2] - a[3];
    const Complex<T> e1 = a[0] + u * c1 + w * c2, e2 = a[0] + u * c2 + w * c1;
    const Complex<T> o1 = v * s1 + z * s2, o2 = v * s2 - z * s1;
    a[0] = a[0] + u + w;
    a[1] = {e1.re - o1.im, e1.im + o1.re};
    a[4] = {e1.re + o1.im, e1.im - o1.re};
    a[2] = {e2.re - o2.im, e2.im + o2.re};
    a[3] = {e2.re + o2.im, e2.im - o2.re};
  } else {
    // n = B a + b, k = ka + A kb: A-point transforms, roots, B-point transforms.
    static_assert(Radix == 8 || Radix == 9);
    constexpr int A = Radix == 8 ? 2 : 3, B = Radix / A;
    Complex<T> t[Radix];
    RETICLE_UNROLL
    for (int b = 0; b < B; ++b) {
      Complex<T> line[A];
      RETICLE_UNROLL
      for (int i = 0; i < A; ++i) line[i] = a[B * i + b];
      butterfly<A, Sign>(line);
      RETICLE_UNROLL
      for (int i = 0; i < A; ++i) t[B * i + b] = turned<Radix, Sign>(line[i], i * b);
    }
    RETICLE_UNROLL
    for (int i = 0; i < A; ++i) {
      butterfly<B, Sign>(t + B * i);
      RETICLE_UNROLL
      for (int k = 0; k < B; ++k) a[i + A * k] = t[B * i + k];
    }
  }
}

// A length as a product of radices, the first stage first. Trivially copyable.
struct DftAxis {
  static constexpr int k_max_stages = 12;
  int length = 1;
  int stages = 0;
  int radix[k_max_stages] = {};
  int block[k_max_stages] = {};  // transform length before the stage
};

// stages == 0 for a length above 1 with a prime factor above 5: there is no such transform.
inline DftAxis dft_axis(int length) {
  DftAxis axis{.length = length};
  int rest = length;
  while (rest > 1 && axis.stages < DftAxis::k_max_stages) {
    int radix = 0;
    for (int r : {9, 8, 5, 4, 3, 2})
      if (radix == 0 && rest % r == 0) radix = r;
    if (radix == 0) break;
    axis.radix[axis.stages] = radix;
    axis.block[axis.stages++] = rest;
    rest /= radix;
  }
  if (rest > 1) axis.stages = 0;
  return axis;
}

// The order k that decimation in frequency leaves at a position.
RETICLE_HD int order_at(const DftAxis& axis, int position) {
  int order = 0, weight = 1;
  for (int s = 0; s < axis.stages; ++s) {
    const int sub = axis.block[s] / axis.radix[s];
    order += position / sub * weight;
    position %= sub;
    weight *= axis.radix[s];
  }
  return order;
}

// Which elements one butterfly of a stage touches: first, first + step, ...; turn: the root index of
// the second element, in units of 1 / length (element j has j times it).
struct Butterfly {
  int first;
  int step;
  int turn;
};

// number: 0 .. length / radix - 1
RETICLE_HD Butterfly butterfly_at(const DftAxis& axis, int stage, int number) {
  const int step = axis.block[stage] / axis.radix[stage];
  const int block = number / step, p = number - block * step;
  return {block * axis.block[stage] + p, step, p * (axis.length / axis.block[stage])};
}

// One butterfly: frequency decimation turns after the transform, time decimation before it.
// roots[j] = exp(2 pi i turn j / length), j > 0.
template <int Radix, class T>
RETICLE_HD void butterfly_in_frequency(Complex<T>* a, const Complex<T>* roots) {
  butterfly<Radix, 1>(a);
  RETICLE_UNROLL
  for (int j = 1; j < Radix; ++j) a[j] = a[j] * roots[j];
}
template <int Radix, class T>
RETICLE_HD void butterfly_in_time(Complex<T>* a, const Complex<T>* roots) {
  RETICLE_UNROLL
  for (int j = 1; j < Radix; ++j) a[j] = a[j] * conj(roots[j]);
  butterfly<Radix, -1>(a);
}

}  // namespace reticle::pixel
