// SPDX-License-Identifier: Apache-2.0
// The bodies that put things on a grid: outlines as covered pixels, parameters on a finer grid, cut masks,
// prints. One item, one pixel.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cuda/pixel_bodies.h"
#include "kernels/pixel/coverage.h"
#include "kernels/pixel/cubic.h"

namespace reticle::cuda {

// Rows of a grid whose pixels go through the same list of edges.
inline constexpr int k_band_rows = 32;

// Covered fraction of the pixels of one clip.
struct Coverage {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  const pixel::OutlineEdge* edges;  // band after band, in a fixed order
  const int* first_edge;            // [band + 1]
  int rows, cols;
  float* target;
  RETICLE_HD long size() const { return static_cast<long>(rows) * cols; }
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, size(), [&](long i) {
      const int row = static_cast<int>(i / cols), col = static_cast<int>(i % cols), band = row / k_band_rows;
      double sum = 0.0;
      for (int e = first_edge[band]; e < first_edge[band + 1]; ++e)
        sum += pixel::edge_coverage(edges[e], row, col);
      target[i] = pixel::covered_fraction(sum);
    });
  }
};

RETICLE_HD int wrapped(int i, int n) { return (i % n + n) % n; }

// Images on another grid over the same field, by cubic convolution.
struct Resample {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  const float* from;  // [clip][from_rows][from_cols]
  int from_rows, from_cols;
  float* to;  // [clip][rows][cols]
  int rows, cols;
  long clips;
  RETICLE_HD long size() const { return clips * rows * cols; }
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, size(), [&](long i) {
      const long line = i / cols, clip = line / rows;
      const auto wx = pixel::resampling_weights(static_cast<int>(i % cols), cols, from_cols);
      const auto wy = pixel::resampling_weights(static_cast<int>(line % rows), rows, from_rows);
      float across[4];
      for (int k = 0; k < 4; ++k) {
        const float* row = from + (clip * from_rows + wrapped(wy.first + k, from_rows)) * from_cols;
        across[k] = pixel::weighted(wx.weight, row[wrapped(wx.first, from_cols)], row[wrapped(wx.first + 1, from_cols)],
                                    row[wrapped(wx.first + 2, from_cols)], row[wrapped(wx.first + 3, from_cols)]);
      }
      to[i] = pixel::weighted(wy.weight, across[0], across[1], across[2], across[3]);
    });
  }
};

// The parameters by cubic convolution on a finer grid, cut at zero: `count` rows from `first_row` on.
struct CutMask {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  const float* parameters;  // of one clip
  int rows, cols, factor;
  int first_row, count;  // of the finer grid
  std::uint8_t* mask;    // [count][cols factor]
  RETICLE_HD long size() const { return static_cast<long>(cols) * factor * count; }
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    const long width = static_cast<long>(cols) * factor;
    share(block, index, size(), [&](long i) {
      const int y = first_row + static_cast<int>(i / width), x = static_cast<int>(i % width);
      const pixel::CubicWeights wy = pixel::cubic_weights(y % factor, factor);
      const pixel::CubicWeights wx = pixel::cubic_weights(x % factor, factor);
      const float* row[4];
      for (int k = 0; k < 4; ++k)
        row[k] = parameters + static_cast<long>(wrapped(y / factor + wy.first + k, rows)) * cols;
      float sum = 0.0f;
      for (int k = 0; k < 4; ++k) {
        const int at = wrapped(x / factor + wx.first + k, cols);
        sum += wx.weight[k] * pixel::weighted(wy.weight, row[0][at], row[1][at], row[2][at], row[3][at]);
      }
      mask[i] = sum > 0.0f ? 1 : 0;
    });
  }
};

// Where an exposed image reaches the threshold.
struct Print {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  const float* image;
  float exposure, threshold;
  std::uint8_t* print;
  long count;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, count, [&](long i) { print[i] = exposure * image[i] >= threshold ? 1 : 0; });
  }
};

}  // namespace reticle::cuda
