// SPDX-License-Identifier: Apache-2.0
// FoldedExpand and FoldedReduce: products with the tables of cosines and sines at pixel centres, along y.
//
//   expand: C[j] = sum_r T[r][j] B[r],   reduce: C[r] = sum_j T[r][j] A[j],   rows of images throughout
//
// Row j, its mirror N - 1 - j, and the two half a period from them share their cosines and sines but for
// signs that depend on the parity of the order: a quarter of a plain product's work. [the fold of
// kernels/cpu/band_transform.h]
#pragma once

#include <cstddef>

#include "kernels/cuda/block.h"

namespace reticle::cuda {

// The rows of a table by what the fold does to them: cosines of even and of odd orders, then sines.
// Table rows: cosines of orders 0..half, then sines of 1..half.
inline constexpr int k_fold_classes = 4;
RETICLE_HD int class_size(int fold_class, int half) {
  return fold_class == 0 ? half / 2 + 1 : fold_class == 2 ? half / 2 : (half + 1) / 2;
}
RETICLE_HD int class_row(int fold_class, int i, int half) {
  return fold_class == 0 ? 2 * i : fold_class == 1 ? 2 * i + 1 : fold_class == 2 ? half + 2 * i + 2 : half + 2 * i + 1;
}

// Rows that fold onto row j < size / 4.
struct FoldedRows {
  int own, mirror, shifted, both;
  RETICLE_HD FoldedRows(int j, int size)
      : own(j), mirror(size - 1 - j), shifted(j + size / 2), both(size / 2 - 1 - j) {}
};
// Whether the fold holds: a whole number of quads.
inline bool folds(int size) { return size % 4 == 0; }

struct FoldedShape {
  int size = 0;     // pixels along y, a multiple of 4
  int half = 0;     // orders
  int cols = 0;     // of every image
  int images = 1;   // contiguous, [image][row][col]
  RETICLE_HD int orders() const { return 2 * half + 1; }
};

struct FoldedExpand {
  static constexpr int k_quads = 32, k_cols = 64, k_depth = 18;
  static constexpr int k_threads = k_quads / 4 * k_cols / 4;  // each sums 4 quads x 4 columns
  struct Sums {
    float v[k_fold_classes][4][4];
  };
  struct Shared {
    Quad a[k_depth][k_quads / 4];
    Quad b[k_depth][k_cols / 4];
  };
  static constexpr std::size_t k_shared = sizeof(Shared);

  FoldedShape shape;
  const float* table;  // [order][size]
  const float* orders;
  float* images;

  RETICLE_HD int tile_rows() const { return (shape.size / 4 + k_quads - 1) / k_quads; }
  RETICLE_HD int tile_cols() const { return (shape.cols + k_cols - 1) / k_cols; }
  long blocks() const { return static_cast<long>(tile_rows()) * tile_cols() * shape.images; }

  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char* memory) const {
    Shared& shared = *reinterpret_cast<Shared*>(memory);
    const int tiles = tile_rows() * tile_cols(), tile = index % tiles, image = index / tiles;
    const int quad0 = tile / tile_cols() * k_quads, col0 = tile % tile_cols() * k_cols;
    const float* from = orders + static_cast<std::ptrdiff_t>(image) * shape.orders() * shape.cols;
    float* to = images + static_cast<std::ptrdiff_t>(image) * shape.size * shape.cols;
    typename Block::template PerThread<Sums, k_threads> sums;
    block.template threads<k_threads>([&](int thread) { sums[thread] = Sums{}; });
    RETICLE_UNROLL
    for (int c = 0; c < k_fold_classes; ++c) {
      const int count = class_size(c, shape.half);
      for (int first = 0; first < count; first += k_depth) {
        const int depth = count - first < k_depth ? count - first : k_depth;
        block.each(depth * k_quads, [&](int i) {
          const int k = i / k_quads, quad = i % k_quads, row = class_row(c, first + k, shape.half);
          shared.a[k][quad / 4].v[quad % 4] =
              quad0 + quad < shape.size / 4 ? table[row * shape.size + quad0 + quad] : 0.0f;
        });
        block.each(depth * k_cols, [&](int i) {
          const int k = i / k_cols, col = i % k_cols, row = class_row(c, first + k, shape.half);
          shared.b[k][col / 4].v[col % 4] =
              col0 + col < shape.cols ? from[static_cast<std::ptrdiff_t>(row) * shape.cols + col0 + col] : 0.0f;
        });
        block.template threads<k_threads>([&](int thread) {
          const int quad = thread / (k_cols / 4), col = thread % (k_cols / 4);
          for (int k = 0; k < depth; ++k) {
            const Quad u = shared.a[k][quad], v = shared.b[k][col];
            RETICLE_UNROLL
            for (int i = 0; i < 4; ++i) {
              RETICLE_UNROLL
              for (int j = 0; j < 4; ++j) sums[thread].v[c][i][j] += u.v[i] * v.v[j];
            }
          }
        });
      }
    }
    block.template threads<k_threads>([&](int thread) {
      const int quad = quad0 + thread / (k_cols / 4) * 4, col = col0 + thread % (k_cols / 4) * 4;
      RETICLE_UNROLL
      for (int i = 0; i < 4; ++i) {
        if (quad + i >= shape.size / 4) break;
        const FoldedRows rows(quad + i, shape.size);
        Quad own, mirror, shifted, both;
        RETICLE_UNROLL
        for (int j = 0; j < 4; ++j) {
          const float even = sums[thread].v[0][i][j], odd = sums[thread].v[1][i][j];
          const float even_sine = sums[thread].v[2][i][j], odd_sine = sums[thread].v[3][i][j];
          own.v[j] = (even + odd) + (even_sine + odd_sine);
          mirror.v[j] = (even + odd) - (even_sine + odd_sine);
          shifted.v[j] = (even - odd) + (even_sine - odd_sine);
          both.v[j] = (even - odd) - (even_sine - odd_sine);
        }
        store(to, rows.own, col, own);
        store(to, rows.mirror, col, mirror);
        store(to, rows.shifted, col, shifted);
        store(to, rows.both, col, both);
      }
    });
  }

 private:
  RETICLE_HD void store(float* to, int row, int col, const Quad& values) const {
    float* place = to + static_cast<std::ptrdiff_t>(row) * shape.cols + col;
    if (shape.cols % 4 == 0) {  // columns come in whole quads, aligned
      if (col < shape.cols) *reinterpret_cast<Quad*>(place) = values;
      return;
    }
    for (int j = 0; j < 4; ++j)
      if (col + j < shape.cols) place[j] = values.v[j];
  }
};

// RowsOfThread: 3 or 5 rows of a class by one thread; the tile is picked by the number of orders only.
// Pixel: float, or bytes of 0 and 1. A block reads its pixels once for all four classes.
template <int RowsOfThread, class Pixel>
struct FoldedReduce {
  static constexpr int k_groups = 4, k_rows = k_groups * RowsOfThread;  // of a class
  static constexpr int k_cols = 64, k_quads = k_cols / 4, k_depth = 16;
  static constexpr int k_threads = k_fold_classes * k_groups * k_quads;  // each sums RowsOfThread rows x 4 columns
  struct Sums {
    float v[RowsOfThread][4];
  };
  struct alignas(16) Factors {
    float v[RowsOfThread <= 4 ? 4 : 8];
  };
  struct Shared {
    Factors a[k_fold_classes][k_depth][k_groups];
    Quad b[k_fold_classes][k_depth][k_quads];
  };
  static constexpr std::size_t k_shared = sizeof(Shared);

  FoldedShape shape;
  const float* table;  // [order][size]
  const Pixel* images;
  float* orders;

  // Row tiles of a class, enough for the largest.
  RETICLE_HD int tile_rows() const { return (shape.half / 2 + k_rows) / k_rows; }
  RETICLE_HD int tile_cols() const { return (shape.cols + k_cols - 1) / k_cols; }
  RETICLE_HD int tiles() const { return tile_cols() * tile_rows(); }
  long blocks() const { return static_cast<long>(tiles()) * shape.images; }

  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char* memory) const {
    Shared& shared = *reinterpret_cast<Shared*>(memory);
    const int tile = index % tiles(), image = index / tiles();
    const int row0 = tile % tile_rows() * k_rows, col0 = tile / tile_rows() * k_cols, quads = shape.size / 4;
    const Pixel* from = images + static_cast<std::ptrdiff_t>(image) * shape.size * shape.cols;
    typename Block::template PerThread<Sums, k_threads> sums;
    block.template threads<k_threads>([&](int thread) { sums[thread] = Sums{}; });
    for (int first = 0; first < quads; first += k_depth) {
      block.each(k_fold_classes * k_depth * k_rows, [&](int i) {
        const int k = i % k_depth, row = i / k_depth % k_rows, fold_class = i / (k_depth * k_rows);
        shared.a[fold_class][k][row / RowsOfThread].v[row % RowsOfThread] =
            row0 + row < class_size(fold_class, shape.half) && first + k < quads
                ? table[class_row(fold_class, row0 + row, shape.half) * shape.size + first + k]
                : 0.0f;
      });
      block.each(k_depth * k_quads, [&](int i) {
        const int k = i / k_quads, quad = i % k_quads;
        Quad folded[k_fold_classes] = {};
        if (first + k < quads) fold(from, first + k, col0 + 4 * quad, folded);
        RETICLE_UNROLL
        for (int c = 0; c < k_fold_classes; ++c) shared.b[c][k][quad] = folded[c];
      });
      block.template threads<k_threads>([&](int thread) {
        const int quad = thread % k_quads, group = thread / k_quads % k_groups, fold_class = thread / (k_quads * k_groups);
        Sums s = sums[thread];
        RETICLE_UNROLL
        for (int k = 0; k < k_depth; ++k) {
          const Factors u = shared.a[fold_class][k][group];
          const Quad v = shared.b[fold_class][k][quad];
          RETICLE_UNROLL
          for (int i = 0; i < RowsOfThread; ++i) {
            RETICLE_UNROLL
            for (int j = 0; j < 4; ++j) s.v[i][j] += u.v[i] * v.v[j];
          }
        }
        sums[thread] = s;
      });
    }
    float* to = orders + static_cast<std::ptrdiff_t>(image) * shape.orders() * shape.cols;
    block.template threads<k_threads>([&](int thread) {
      const int fold_class = thread / (k_quads * k_groups), col = col0 + thread % k_quads * 4;
      const int row = row0 + thread / k_quads % k_groups * RowsOfThread;
      RETICLE_UNROLL
      for (int i = 0; i < RowsOfThread; ++i) {
        if (row + i >= class_size(fold_class, shape.half)) break;
        float* place = to + static_cast<std::ptrdiff_t>(class_row(fold_class, row + i, shape.half)) * shape.cols + col;
        RETICLE_UNROLL
        for (int j = 0; j < 4; ++j)
          if (col + j < shape.cols) place[j] = sums[thread].v[i][j];
      }
    });
  }

 private:
  // Four columns of the rows that fold onto row j, for each class.
  RETICLE_HD void fold(const Pixel* from, int j, int col, Quad* folded) const {
    const FoldedRows rows(j, shape.size);
    const auto at = [&](int row) {
      return four_at(from + static_cast<std::ptrdiff_t>(row) * shape.cols, col, shape.cols);
    };
    const Quad own = at(rows.own), mirror = at(rows.mirror), shifted = at(rows.shifted), both = at(rows.both);
    RETICLE_UNROLL
    for (int i = 0; i < 4; ++i) {
      const float cosine = own.v[i] + mirror.v[i], sine = own.v[i] - mirror.v[i];
      const float far_cosine = shifted.v[i] + both.v[i], far_sine = shifted.v[i] - both.v[i];
      folded[0].v[i] = cosine + far_cosine;
      folded[1].v[i] = cosine - far_cosine;
      folded[2].v[i] = sine + far_sine;
      folded[3].v[i] = sine - far_sine;
    }
  }
};

}  // namespace reticle::cuda
