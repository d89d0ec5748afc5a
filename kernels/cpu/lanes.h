// SPDX-License-Identifier: Apache-2.0
// Eight numbers side by side: the SIMD unit of the CPU engine. A lane holds one SOCS kernel (or one
// pixel), lanes never mix, so results do not depend on the width of the machine's registers.
#pragma once

#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>

// Functions that loops are made of: left out of line they would pass vectors through memory.
#define RETICLE_INLINE __attribute__((always_inline))

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

// Twice as many, where a processor has registers for them (wide.h): two vectors of Lanes side by side.
typedef float WideLanes __attribute__((vector_size(2 * k_lanes * sizeof(float))));

// V: Lanes<T> or WideLanes.
template <class V>
struct ComplexOf {
  V re;
  V im;
};
template <class T>
using ComplexLanes = ComplexOf<Lanes<T>>;
template <class V>
using ScalarOf = std::remove_reference_t<decltype(std::declval<V&>()[0])>;
template <class V>
inline constexpr int k_lanes_of = sizeof(V) / sizeof(ScalarOf<V>);

// Plain memory, of any alignment.
template <class V, class T>
[[gnu::always_inline]] inline V load_lanes(const T* from) {
  V v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
// The first `count`, zeros beyond.
template <class V, class T>
[[gnu::always_inline]] inline V load_lanes(const T* from, int count) {
  if (count >= k_lanes_of<V>) return load_lanes<V>(from);
  V v{};
  if (count > 0) std::memcpy(&v, from, static_cast<std::size_t>(count) * sizeof(T));
  return v;
}
template <class V, class T>
[[gnu::always_inline]] inline void store_lanes(const V& v, T* to) {
  std::memcpy(to, &v, sizeof v);
}
// The first `count`.
template <class V, class T>
[[gnu::always_inline]] inline void store_lanes(const V& v, T* to, int count) {
  if (count >= k_lanes_of<V>) return store_lanes(v, to);
  std::memcpy(to, &v, static_cast<std::size_t>(count) * sizeof(T));
}

// Sum over the lanes in a fixed order: a tree, as a register of any width would do it.
template <class T>
inline T sum_of_lanes(const Lanes<T>& v) {
  const auto four = __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7);
  const auto two = __builtin_shufflevector(four, four, 0, 1) + __builtin_shufflevector(four, four, 2, 3);
  return two[0] + two[1];
}

// sum_of_lanes() of eight vectors at once, by the same tree.
template <class T>
inline Lanes<T> sums_of_lanes(const Lanes<T>* v) {
  // Of vectors 0..7: halves added, then quarters, then neighbours; each step halves the number of vectors.
  const auto halves = [](const Lanes<T>& a, const Lanes<T>& b) {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11) + __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
  };
  const auto quarters = [](const Lanes<T>& a, const Lanes<T>& b) {
    return __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13) + __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
  };
  const auto even = quarters(halves(v[0], v[4]), halves(v[1], v[5]));  // of 0, 1 | 4, 5
  const auto odd = quarters(halves(v[2], v[6]), halves(v[3], v[7]));   // of 2, 3 | 6, 7
  return __builtin_shufflevector(even, odd, 0, 2, 8, 10, 4, 6, 12, 14) + __builtin_shufflevector(even, odd, 1, 3, 9, 11, 5, 7, 13, 15);
}

template <class T>
inline Lanes<T> reversed(const Lanes<T>& v) {
  return __builtin_shufflevector(v, v, 7, 6, 5, 4, 3, 2, 1, 0);
}

}  // namespace reticle::cpu
