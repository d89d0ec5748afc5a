// SPDX-License-Identifier: Apache-2.0
// Product: C_b = A_b B_b, small real matrices in float, one tile of C a block.
//
// All changes between pixels, field points and orders are such products with tables of cosines and
// interpolation weights: the band is narrow, so a full-size FFT would mostly compute zeros.
#pragma once

#include <cstddef>
#include <type_traits>

#include "kernels/cuda/block.h"

namespace reticle::cuda {

// Row-major and contiguous; a stride of 0 uses one matrix for the whole batch.
struct ProductShape {
  int rows = 0;   // of A and C
  int cols = 0;   // of B and C
  int inner = 0;  // columns of A, rows of B
  int batch = 1;
  std::ptrdiff_t stride_a = 0;
  std::ptrdiff_t stride_b = 0;
  std::ptrdiff_t stride_c = 0;
};

// B: float, or bytes of 0 and 1. While a block multiplies one part of the inner length, the next is on its way from device
// to shared memory; each sum is taken in the order of the inner index.
template <int Tile, class B>
struct Product {
  static constexpr int k_quads = Tile / 4;
  static constexpr int k_threads = k_quads * k_quads;  // each holds 4 x 4 sums
  static constexpr int k_depth = Tile == 64 ? 16 : Tile == 72 ? 18 : 20;  // of A and B in shared memory
  static_assert(k_threads % k_depth == 0 && k_depth % k_quads == 0 && Tile * k_depth % k_threads == 0);
  // What a thread brings: of A one place of the inner length in every k_row_step-th row, of B four columns
  // in every k_quads-th row.
  static constexpr int k_row_step = k_threads / k_depth;
  static constexpr int k_loads_a = Tile / k_row_step, k_loads_b = k_depth / k_quads;
  struct Sums {
    float v[4][4];
  };
  struct Shared {
    Quad a[2][k_depth][k_quads + 1];  // transposed; one more against bank conflicts
    Quad b[2][k_depth][k_quads];
  };
  static constexpr std::size_t k_shared = sizeof(Shared);

  ProductShape shape;
  const float* a;
  const B* b;
  float* c;

  RETICLE_HD int tile_rows() const { return (shape.rows + Tile - 1) / Tile; }
  RETICLE_HD int tile_cols() const { return (shape.cols + Tile - 1) / Tile; }
  long blocks() const { return static_cast<long>(tile_rows()) * tile_cols() * shape.batch; }

  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char* memory) const {
    Shared& shared = *reinterpret_cast<Shared*>(memory);
    const int tile = index % (tile_rows() * tile_cols()), number = index / (tile_rows() * tile_cols());
    const int row0 = tile / tile_cols() * Tile, col0 = tile % tile_cols() * Tile;
    const float* own_a = a + number * shape.stride_a;
    const B* own_b = b + number * shape.stride_b;
    float* own_c = c + number * shape.stride_c;
    typename Block::template PerThread<Sums, k_threads> sums;
    block.template threads<k_threads>([&](int thread) {
      sums[thread] = Sums{};
      fetch(block, thread, shared, 0, own_a, own_b, row0, col0, 0);
      block.arrived();
    });
    for (int k0 = 0, half = 0; k0 < shape.inner; k0 += k_depth, half ^= 1) {
      const bool more = k0 + k_depth < shape.inner;
      block.template threads<k_threads>([&](int thread) {
        if (more) fetch(block, thread, shared, half ^ 1, own_a, own_b, row0, col0, k0 + k_depth);
        multiply(sums[thread], thread, shared, half);
        block.arrived();
      });
    }
    block.template threads<k_threads>([&](int thread) {
      const int row = row0 + thread / k_quads * 4, col = col0 + thread % k_quads * 4;
      float* to = own_c + static_cast<std::ptrdiff_t>(row) * shape.cols;
      RETICLE_UNROLL
      for (int i = 0; i < 4; ++i) {
        if (row + i >= shape.rows) break;
        const float* v = sums[thread].v[i];
        store_four(to + static_cast<std::ptrdiff_t>(i) * shape.cols, col, shape.cols, {v[0], v[1], v[2], v[3]});
      }
    });
  }

 private:
  template <class Block>
  RETICLE_HD void fetch(Block& block, int thread, Shared& shared, int half, const float* own_a, const B* own_b, int row0, int col0,
                        int k0) const {
    const int place = thread % k_depth, k = k0 + place;
    RETICLE_UNROLL
    for (int i = 0; i < k_loads_a; ++i) {
      const int row = thread / k_depth + i * k_row_step;
      block.copy(&shared.a[half][place][row / 4].v[row % 4], own_a + static_cast<std::ptrdiff_t>(row0 + row) * shape.inner + k,
                 k < shape.inner && row0 + row < shape.rows);
    }
    const int quad = thread % k_quads, col = col0 + 4 * quad;
    RETICLE_UNROLL
    for (int i = 0; i < k_loads_b; ++i) {
      const int row = thread / k_quads + i * k_quads, from = k0 + row;
      Quad& to = shared.b[half][row][quad];
      const B* line = own_b + static_cast<std::ptrdiff_t>(from) * shape.cols;
      if constexpr (std::is_same_v<B, float>)
        copy_four(block, to, line, col, shape.cols, from < shape.inner);
      else
        to = from < shape.inner ? four_at(line, col, shape.cols) : Quad{};
    }
  }
  RETICLE_HD void multiply(Sums& sums, int thread, const Shared& shared, int half) const {
    const int row = thread / k_quads, col = thread % k_quads;
    RETICLE_UNROLL
    for (int k = 0; k < k_depth; ++k) {
      const Quad u = shared.a[half][k][row], v = shared.b[half][k][col];
      RETICLE_UNROLL
      for (int i = 0; i < 4; ++i) {
        RETICLE_UNROLL
        for (int j = 0; j < 4; ++j) sums.v[i][j] += u.v[i] * v.v[j];
      }
    }
  }
};

}  // namespace reticle::cuda
