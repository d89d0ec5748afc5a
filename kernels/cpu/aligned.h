// SPDX-License-Identifier: Apache-2.0
// AlignedVector: std::vector for SIMD types, aligned to a cache line.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace reticle::cpu {

template <class T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t k_alignment{64};
  CacheLineAllocator() = default;
  template <class U>
  CacheLineAllocator(const CacheLineAllocator<U>&) {}
  T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new(n * sizeof(T), k_alignment));
  }
  void deallocate(T* p, std::size_t) { ::operator delete(p, k_alignment); }
  bool operator==(const CacheLineAllocator&) const = default;
};

template <class T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

// Asks for memory that is needed soon, so that it is on its way while something else is done.
template <class T>
inline void prefetch(const T* first, std::size_t count) {
  const char* bytes = reinterpret_cast<const char*>(first);
  for (std::size_t i = 0; i < count * sizeof(T); i += 64) __builtin_prefetch(bytes + i, 0, 2);
}

}  // namespace reticle::cpu
