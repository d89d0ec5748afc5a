// SPDX-License-Identifier: Apache-2.0
// Eight numbers side by side: the SIMD unit of the CPU engine. A lane holds one SOCS kernel (or one
// pixel), lanes never mix, so results do not depend on the width of the machine's registers.
#pragma once

namespace reticle::cpu {

inline constexpr int k_lanes = 8;

template <class T>
struct LaneType;
template <>
struct LaneType<float> {
  typedef float type __attribute__((vector_size(k_lanes * sizeof(float))));
};
template <>
struct LaneType<double> {
  typedef double type __attribute__((vector_size(k_lanes * sizeof(double))));
};
template <class T>
using Lanes = typename LaneType<T>::type;

template <class T>
struct ComplexLanes {
  Lanes<T> re;
  Lanes<T> im;
};

// Sum over the lanes in a fixed order: a tree, as a register of any width would do it.
template <class T>
inline T sum_of_lanes(const Lanes<T>& v) {
  const auto four = __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7);
  const auto two = __builtin_shufflevector(four, four, 0, 1) + __builtin_shufflevector(four, four, 2, 3);
  return two[0] + two[1];
}

}  // namespace reticle::cpu
