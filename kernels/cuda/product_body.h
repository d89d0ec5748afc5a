// Product: C_b = A_b B_b, small real matrices in float, one tile of C a block.
//
// All changes between pixels, field points and orders are such products with tables of cosines and
// interpolation weights: the band is narrow, so a full-size FFT would mostly compute zeros.
#pragma once

#include <cstddef>

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

// B: float, or bytes of 0 and 1.
template <int TileRows, int TileCols, class B>
struct Product {
  static constexpr int k_threads = TileRows / 4 * TileCols / 4;  // each holds 4 x 4 sums
  static constexpr int k_depth = 16;                             // of A and B in shared memory
  struct Sums {
    float v[4][4];
  };
  struct Shared {
    Quad a[k_depth][TileRows / 4 + 1];  // transposed; one more against bank conflicts
    Quad b[k_depth][TileCols / 4];
  };
  static constexpr std::size_t k_shared = sizeof(Shared);

  ProductShape shape;
  const float* a;
  const B* b;
  float* c;

  RETICLE_HD int tile_rows() const { return (shape.rows + TileRows - 1) / TileRows; }
  RETICLE_HD int tile_cols() const { return (shape.cols + TileCols - 1) / TileCols; }
  long blocks() const { return static_cast<long>(tile_rows()) * tile_cols() * shape.batch; }

  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char* memory) const {
    Shared& shared = *reinterpret_cast<Shared*>(memory);
    const int tile = index % (tile_rows() * tile_cols()), number = index / (tile_rows() * tile_cols());
    const int row0 = tile / tile_cols() * TileRows, col0 = tile % tile_cols() * TileCols;
    const float* own_a = a + number * shape.stride_a;
    const B* own_b = b + number * shape.stride_b;
    float* own_c = c + number * shape.stride_c;
    typename Block::template PerThread<Sums, k_threads> sums;
    block.template threads<k_threads>([&](int thread) { sums[thread] = Sums{}; });
    for (int k0 = 0; k0 < shape.inner; k0 += k_depth) {
      block.each(TileRows * k_depth, [&](int i) {
        const int row = i / k_depth, k = i % k_depth;
        const bool inside = row0 + row < shape.rows && k0 + k < shape.inner;
        shared.a[k][row / 4].v[row % 4] =
            inside ? own_a[static_cast<std::ptrdiff_t>(row0 + row) * shape.inner + k0 + k] : 0.0f;
      });
      block.each(TileCols * k_depth, [&](int i) {
        const int k = i / TileCols, col = i % TileCols;
        const bool inside = col0 + col < shape.cols && k0 + k < shape.inner;
        shared.b[k][col / 4].v[col % 4] =
            inside ? static_cast<float>(own_b[static_cast<std::ptrdiff_t>(k0 + k) * shape.cols + col0 + col]) : 0.0f;
      });
      block.template threads<k_threads>([&](int thread) {
        const int row = thread / (TileCols / 4), col = thread % (TileCols / 4);
        Sums s = sums[thread];
        RETICLE_UNROLL
        for (int k = 0; k < k_depth; ++k) {
          const Quad u = shared.a[k][row], v = shared.b[k][col];
          RETICLE_UNROLL
          for (int i = 0; i < 4; ++i) {
            RETICLE_UNROLL
            for (int j = 0; j < 4; ++j) s.v[i][j] += u.v[i] * v.v[j];
          }
        }
        sums[thread] = s;
      });
    }
    block.template threads<k_threads>([&](int thread) {
      const int row = row0 + thread / (TileCols / 4) * 4, col = col0 + thread % (TileCols / 4) * 4;
      RETICLE_UNROLL
      for (int i = 0; i < 4; ++i) {
        RETICLE_UNROLL
        for (int j = 0; j < 4; ++j)
          if (row + i < shape.rows && col + j < shape.cols)
            own_c[static_cast<std::ptrdiff_t>(row + i) * shape.cols + col + j] = sums[thread].v[i][j];
      }
    });
  }
};

}  // namespace reticle::cuda
