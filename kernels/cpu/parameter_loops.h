// SPDX-License-Identifier: Apache-2.0
// A mask of parameters, M = sigmoid(slope p), and the way back, over V (band_loops.h).
#pragma once

#include <cstddef>

#include "kernels/cpu/band_loops.h"
#include "kernels/pixel/adam.h"
#include "kernels/pixel/sigmoid.h"

namespace reticle::cpu {

template <class V, class T>
void masks_of_parameters(const T* parameters, std::size_t count, T slope, T* masks) {
  constexpr std::size_t L = k_lanes_of<V>;
  std::size_t i = 0;
  for (; i + L <= count; i += L) store_lanes(pixel::sigmoid(load_lanes<V>(parameters + i) * slope), masks + i);
  if (i == count) return;
  const int left = static_cast<int>(count - i);
  store_lanes(pixel::sigmoid(load_lanes<V>(parameters + i, left) * slope), masks + i, left);
}

// Masks become d M (1 - M) scale, d of a piece of the pixels: [row of the piece][k_tile_cols], of which samples gives the
// images' rows (WindowPiece).
template <class V, class T>
void slopes_of_masks(const int* samples, int rows, int col, int cols, const T* d, T scale, T* masks) {
  constexpr int L = k_lanes_of<V>;
  for (int i = 0; i < rows; ++i) {
    if (samples[i] < 0) continue;
    T* row = masks + static_cast<std::ptrdiff_t>(samples[i]) * cols;
    for (int w = 0, x = col; w < k_tile_cols && x < cols; w += L, x += L) {
      const V mask = load_lanes<V>(row + x, cols - x);
      store_lanes(load_lanes<V>(d + i * k_tile_cols + w) * mask * (T(1) - mask) * scale, row + x, cols - x);
    }
  }
}

// Whether none of the numbers may change; free: no data: all may.
template <class V, class T>
[[gnu::always_inline]] inline bool all_frozen(const T* free, std::size_t i) {
  if (free == nullptr) return false;
  const V values = load_lanes<V>(free + i);
  return !pixel::any_lane(values != 0.0f);
}

// d becomes d M (1 - M) slope free, of the mask M of the parameters; free: no data: 1. A whole number of WideLanes.
template <class V, class T>
void slopes_of_parameters(const T* parameters, const T* free, std::size_t count, T slope, T* d) {
  constexpr std::size_t L = k_lanes_of<V>;
  for (std::size_t i = 0; i < count; i += L) {
    V out{};
    if (!all_frozen<V>(free, i)) {
      const V mask = pixel::sigmoid(load_lanes<V>(parameters + i) * slope);
      out = load_lanes<V>(d + i) * mask * (1 - mask) * slope;
      if (free != nullptr) out *= load_lanes<V>(free + i);
    }
    store_lanes(out, d + i);
  }
}

// Numbers that may not change are left alone.
template <class V>
void adam_steps(const pixel::AdamFactors& factors, const float* __restrict gradient, const float* __restrict free,
                std::size_t count, float* __restrict parameters, float* __restrict moment1, float* __restrict moment2) {
  constexpr std::size_t L = k_lanes_of<V>;
  const pixel::AdamFactors own = factors;
  for (std::size_t i = 0; i < count; i += L) {
    if (all_frozen<V>(free, i)) continue;
    for (std::size_t k = i; k < i + L; ++k) pixel::adam(own, gradient[k], parameters[k], moment1[k], moment2[k]);
  }
}

}  // namespace reticle::cpu
