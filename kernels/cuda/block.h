// SPDX-License-Identifier: Apache-2.0
// DeviceBlock: one thread block as kernel bodies see it. A body is a chain of phases; within a phase
// items run in any order on any thread, and a barrier ends it. The same bodies run on the CPU under
// an emulated block in the tests, so a body may keep nothing in plain variables between phases:
// per-thread values live in PerThread, everything else in shared memory.
#pragma once

#include "kernels/pixel/host_device.h"

namespace reticle::cuda {

// Threads of the blocks of all bodies but the products.
inline constexpr int k_threads = 256;

#ifdef __CUDACC__
class DeviceBlock {
 public:
  template <class Value, int Threads>
  struct PerThread {
    Value value;
    RETICLE_HD Value& operator[](int) { return value; }
  };

  // function(thread), once for each thread of the block.
  template <int Threads, class Function>
  RETICLE_HD void threads([[maybe_unused]] Function function) {
#ifdef __CUDA_ARCH__
    function(static_cast<int>(threadIdx.x));
    __syncthreads();
#endif
  }
  // function(item) for items 0 .. count - 1.
  template <class Function>
  RETICLE_HD void each([[maybe_unused]] int count, [[maybe_unused]] Function function) {
#ifdef __CUDA_ARCH__
    for (int i = static_cast<int>(threadIdx.x); i < count; i += static_cast<int>(blockDim.x)) function(i);
    __syncthreads();
#endif
  }
};
#endif

// i / divisor for 0 <= i < 2^21, divisor < 2^21, given 1.0f / divisor: integer division is slow.
RETICLE_HD int quotient(int i, float inverse) {
  return static_cast<int>((static_cast<float>(i) + 0.5f) * inverse);
}

// Four numbers side by side, read and written at once.
struct alignas(16) Quad {
  float v[4];
};

struct alignas(4) QuadBytes {
  unsigned char v[4];
};
// Numbers col .. col + 3 of a row of `cols`, zeros beyond its end; at once where rows are whole quads.
RETICLE_HD Quad four_at(const float* row, int col, int cols) {
  if (cols % 4 == 0) return col < cols ? *reinterpret_cast<const Quad*>(row + col) : Quad{};
  Quad four{};
  RETICLE_UNROLL
  for (int j = 0; j < 4; ++j)
    if (col + j < cols) four.v[j] = row[col + j];
  return four;
}
RETICLE_HD Quad four_at(const unsigned char* row, int col, int cols) {
  Quad four{};
  if (cols % 4 == 0) {
    if (col >= cols) return four;
    const QuadBytes bytes = *reinterpret_cast<const QuadBytes*>(row + col);
    RETICLE_UNROLL
    for (int j = 0; j < 4; ++j) four.v[j] = static_cast<float>(bytes.v[j]);
    return four;
  }
  RETICLE_UNROLL
  for (int j = 0; j < 4; ++j)
    if (col + j < cols) four.v[j] = static_cast<float>(row[col + j]);
  return four;
}

// Sums each of Count rows [k_threads] of values into its first element, in a fixed order.
template <int Count, class Block>
RETICLE_HD void tree_sum(Block& block, double* values) {
  for (int half = k_threads / 2; half > 0; half /= 2)
    block.each(half, [&](int i) {
      for (int v = 0; v < Count; ++v) values[v * k_threads + i] += values[v * k_threads + i + half];
    });
}

}  // namespace reticle::cuda
