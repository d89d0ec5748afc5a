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

// Four numbers side by side, read and written at once.
struct alignas(16) Quad {
  float v[4];
};

#ifdef __CUDACC__
class DeviceBlock {
 public:
  // Copies to shared memory, on their way while the thread goes on until its arrived(); zero where there is nothing.
  RETICLE_HD void copy([[maybe_unused]] float* to, [[maybe_unused]] const float* from, [[maybe_unused]] bool there) {
#ifdef __CUDA_ARCH__
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(place(to)), "l"(from), "r"(there ? 4 : 0) : "memory");
#endif
  }
  RETICLE_HD void copy([[maybe_unused]] Quad* to, [[maybe_unused]] const float* from, [[maybe_unused]] bool there) {
#ifdef __CUDA_ARCH__
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(place(to)), "l"(from), "r"(there ? 16 : 0) : "memory");
#endif
  }
  RETICLE_HD void arrived() {
#ifdef __CUDA_ARCH__
    asm volatile("cp.async.wait_all;" ::: "memory");
#endif
  }

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

 private:
#ifdef __CUDA_ARCH__
  __device__ static unsigned place(const void* shared) { return static_cast<unsigned>(__cvta_generic_to_shared(shared)); }
#endif
};
#endif

// i / divisor for 0 <= i < 2^21, divisor < 2^21, given 1.0f / divisor: integer division is slow.
RETICLE_HD int quotient(int i, float inverse) {
  return static_cast<int>((static_cast<float>(i) + 0.5f) * inverse);
}

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

// The same to a row.
RETICLE_HD void store_four(float* row, int col, int cols, const Quad& four) {
  if (cols % 4 == 0) {
    if (col < cols) *reinterpret_cast<Quad*>(row + col) = four;
    return;
  }
  RETICLE_UNROLL
  for (int j = 0; j < 4; ++j)
    if (col + j < cols) row[col + j] = four.v[j];
}

// four_at() on its way to shared memory, by the block's copies; zeros where the row is not there.
template <class Block>
RETICLE_HD void copy_four(Block& block, Quad& to, const float* row, int col, int cols, bool there) {
  if (cols % 4 == 0) return block.copy(&to, row + col, there && col < cols);
  RETICLE_UNROLL
  for (int j = 0; j < 4; ++j) block.copy(&to.v[j], row + col + j, there && col + j < cols);
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
