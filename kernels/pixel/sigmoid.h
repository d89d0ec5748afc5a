// SPDX-License-Identifier: Apache-2.0
// exp and sigmoid of one pixel (T = float, double) or of eight side by side (T = Lanes<...>).
#pragma once

#include <cmath>

#include "kernels/pixel/host_device.h"
#ifndef __CUDACC__
#include "kernels/cpu/lanes.h"
#endif

namespace reticle::pixel {

RETICLE_HD float exponential(float x) { return expf(x); }
RETICLE_HD double exponential(double x) { return exp(x); }

#ifndef __CUDACC__
// exp(x) = 2^n exp(r), |r| <= ln 2 / 2, with the Taylor polynomial of degree 7: relative error below
// 2e-7, the same bits on every machine. For |x| <= 87.
inline cpu::Lanes<float> exponential(cpu::Lanes<float> x) {
  typedef int IntLanes __attribute__((vector_size(cpu::k_lanes * sizeof(int))));
  const cpu::Lanes<float> magic = cpu::Lanes<float>{} + 12582912.0f;  // 1.5 * 2^23: rounds to integers
  const cpu::Lanes<float> shifted = x * 1.44269504f + magic;
  const cpu::Lanes<float> n = shifted - magic;
  const cpu::Lanes<float> r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  const cpu::Lanes<float> p =
      1.0f + r * (1.0f + r * (0.5f + r * (1.0f / 6 + r * (1.0f / 24 + r * (1.0f / 120 +
                                                                           r * (1.0f / 720 + r * (1.0f / 5040)))))));
  const IntLanes exponent = ((IntLanes)shifted - (IntLanes)magic + 127) << 23;
  return p * (cpu::Lanes<float>)exponent;
}
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

// 1 / (1 + exp(-x))
RETICLE_HD float sigmoid(float x) { return 1.0f / (1.0f + exponential(-clamped(x, 80.0f))); }
RETICLE_HD double sigmoid(double x) { return 1.0 / (1.0 + exponential(-clamped(x, 700.0))); }

#ifndef __CUDACC__
inline cpu::Lanes<float> sigmoid_anywhere(cpu::Lanes<float> x) { return 1.0f / (1.0f + exponential(-clamped(x, 80.0f))); }
inline cpu::Lanes<double> sigmoid_anywhere(cpu::Lanes<double> x) { return 1.0 / (1.0 + exponential(-clamped(x, 700.0))); }
// Where all eight are saturated to single precision the exponential is not needed; a gain if most pixels are.
constexpr float k_saturated = 17.5f;
inline cpu::Lanes<float> sigmoid(cpu::Lanes<float> x) {
  typedef long long Words __attribute__((vector_size(sizeof(x))));
  const Words near = (Words)((x < k_saturated) & (x > -k_saturated));
  if ((near[0] | near[1] | near[2] | near[3]) == 0)
    return x > 0.0f ? cpu::Lanes<float>{} + 1.0f : cpu::Lanes<float>{};
  return sigmoid_anywhere(x);
}
inline cpu::Lanes<double> sigmoid(cpu::Lanes<double> x) { return sigmoid_anywhere(x); }
#endif

}  // namespace reticle::pixel
