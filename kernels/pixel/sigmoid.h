// SPDX-License-Identifier: Apache-2.0
// exp and sigmoid of one pixel (T = float, double) or of eight side by side (T = Lanes<...>).
#pragma once

#include <cmath>
#include <cstddef>

#include "kernels/pixel/host_device.h"
#ifndef __CUDACC__
#ifdef __AVX2__
#include <immintrin.h>
#endif

#include "kernels/cpu/lanes.h"
#endif

namespace reticle::pixel {

RETICLE_HD float exponential(float x) { return expf(x); }
RETICLE_HD double exponential(double x) { return exp(x); }

#ifndef __CUDACC__
// exp(x) = 2^n exp(r), |r| <= ln 2 / 2, with the Taylor polynomial of degree 7: relative error below
// 2e-7, the same bits on every machine. For |x| <= 87. V: floats side by side.
template <class V>
[[gnu::always_inline]] inline V exponential_of_lanes(V x) {
  using Integers = decltype(x < x);
  const V magic = V{} + 12582912.0f;  // 1.5 * 2^23: rounds to integers
  const V shifted = x * 1.44269504f + magic;
  const V n = shifted - magic;
  const V r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  const V p = 1.0f + r * (1.0f + r * (0.5f + r * (1.0f / 6 + r * (1.0f / 24 + r * (1.0f / 120 +
                                                                                 r * (1.0f / 720 + r * (1.0f / 5040)))))));
  const Integers exponent = ((Integers)shifted - (Integers)magic + 127) << 23;
  return p * (V)exponent;
}
inline cpu::Lanes<float> exponential(cpu::Lanes<float> x) { return exponential_of_lanes(x); }
#ifdef __AVX512F__
inline cpu::WideLanes exponential(cpu::WideLanes x) { return exponential_of_lanes(x); }
#endif
inline cpu::Lanes<double> exponential(cpu::Lanes<double> x) {
  for (int i = 0; i < cpu::k_lanes; ++i) x[i] = std::exp(x[i]);
  return x;
}
#endif

// Arguments beyond +-limit count as the limit: there the sigmoid is 0 or 1 to the last bit.
template <class T, class S>
RETICLE_HD T clamped(T x, S limit) {
  x = x < limit ? x : T{} + limit;
  return x > -limit ? x : T{} - limit;
}

// 1 / (1 + exp(-x)). On a device by its approximations of 2^x (2 ulp, of an argument rounded to single precision) and 1 / x
// (1 ulp): off by at most 2e-7 + 6e-8 |x| s (1 - s), under 3e-7. Where exp is infinite the sigmoid is 0, no limit needed.
RETICLE_HD float sigmoid(float x) {
#ifdef __CUDA_ARCH__
  float power, part;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(power) : "f"(x * -1.44269504f));
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(part) : "f"(1.0f + power));
  return part;
#else
  return 1.0f / (1.0f + exponential(-clamped(x, 80.0f)));
#endif
}
RETICLE_HD double sigmoid(double x) { return 1.0 / (1.0 + exponential(-clamped(x, 700.0))); }

#ifndef __CUDACC__
inline cpu::Lanes<float> sigmoid_anywhere(cpu::Lanes<float> x) { return 1.0f / (1.0f + exponential(-clamped(x, 80.0f))); }
#ifdef __AVX512F__  // of wide.cpp alone
inline cpu::WideLanes sigmoid_anywhere(cpu::WideLanes x) { return 1.0f / (1.0f + exponential(-clamped(x, 80.0f))); }
#endif
inline cpu::Lanes<double> sigmoid_anywhere(cpu::Lanes<double> x) { return 1.0 / (1.0 + exponential(-clamped(x, 700.0))); }
// Pixels that are saturated to single precision are 0 or 1. Where all are the exponential is not needed; a gain if
// most pixels are.
constexpr float k_saturated = 17.5f;
// Whether any comparison of lanes holds.
template <class Comparison>
[[gnu::always_inline]] inline bool any_lane(Comparison comparison) {
#ifdef __AVX512DQ__
  if constexpr (sizeof(Comparison) == sizeof(__m512i)) return _mm512_movepi32_mask((__m512i)comparison) != 0;
#endif
#ifdef __AVX2__
  if constexpr (sizeof(Comparison) == sizeof(__m256i)) return _mm256_movemask_ps((__m256)comparison) != 0;
#endif
  bool any = false;
  for (std::size_t i = 0; i < sizeof(Comparison) / sizeof(comparison[0]); ++i) any |= comparison[i] != 0;
  return any;
}
template <class V>
[[gnu::always_inline]] inline V sigmoid_of_lanes(V x) {
  const auto is_near = (x < k_saturated) & (x > -k_saturated);
  const V step = x > 0.0f ? V{} + 1.0f : V{};
  if (!any_lane(is_near)) return step;
  return is_near ? sigmoid_anywhere(x) : step;
}
inline cpu::Lanes<float> sigmoid(cpu::Lanes<float> x) { return sigmoid_of_lanes(x); }
#ifdef __AVX512F__
inline cpu::WideLanes sigmoid(cpu::WideLanes x) { return sigmoid_of_lanes(x); }
#endif
inline cpu::Lanes<double> sigmoid(cpu::Lanes<double> x) { return sigmoid_anywhere(x); }
#endif

}  // namespace reticle::pixel
