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

// Whole: columns and quads of rows come in whole quads (expands_whole).
inline bool expands_whole(const FoldedShape& shape) { return shape.cols % 4 == 0 && shape.size % 16 == 0; }
template <bool Whole>
struct FoldedExpand {
  static constexpr int k_quads = 32, k_cols = 64, k_depth = 18;
  static constexpr int k_threads = k_quads / 4 * k_cols / 4;  // each sums 4 quads x 4 columns
  struct Sums {
    float v[k_fold_classes][4][4];
  };
  // Two of each: while one part is multiplied, the next is on its way.
  struct Shared {
    Quad a[2][k_depth][k_quads / 4];
    Quad b[2][k_depth][k_cols / 4];
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
    block.template threads<k_threads>([&](int thread) {
      sums[thread] = Sums{};
      fetch(block, thread, shared, 0, 0, 0, from, quad0, col0);
      block.arrived();
    });
    int part = 0;  // even and odd ones by turns in either half of the shared memory
    RETICLE_UNROLL
    for (int c = 0; c < k_fold_classes; ++c) {
      const int count = class_size(c, shape.half);
      for (int first = 0; first < count; first += k_depth, part ^= 1) {
        const int depth = count - first < k_depth ? count - first : k_depth;
        const bool ends = first + k_depth >= count;
        int next = ends ? c + 1 : c;  // class, of which few orders leave some empty
        while (next < k_fold_classes && class_size(next, shape.half) == 0) ++next;
        block.template threads<k_threads>([&](int thread) {
          if (next < k_fold_classes)
            fetch(block, thread, shared, part ^ 1, next, ends ? 0 : first + k_depth, from, quad0, col0);
          const int quad = thread / (k_cols / 4), col = thread % (k_cols / 4);
          for (int k = 0; k < depth; ++k) {
            const Quad u = shared.a[part][k][quad], v = shared.b[part][k][col];
            RETICLE_UNROLL
            for (int i = 0; i < 4; ++i) {
              RETICLE_UNROLL
              for (int j = 0; j < 4; ++j) sums[thread].v[c][i][j] += u.v[i] * v.v[j];
            }
          }
          block.arrived();
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
        const auto store = [&](int row, const Quad& four) {
          float* place = to + static_cast<std::ptrdiff_t>(row) * shape.cols;
          if constexpr (!Whole)
            store_four(place, col, shape.cols, four);
          else if (col < shape.cols)
            *reinterpret_cast<Quad*>(place + col) = four;
        };
        store(rows.own, own);
        store(rows.mirror, mirror);
        store(rows.shifted, shifted);
        store(rows.both, both);
      }
    });
  }

 private:
  // Rows of a class from `first` on, of the table and of the orders.
  template <class Block>
  RETICLE_HD void fetch(Block& block, int thread, Shared& shared, int part, int fold_class, int first, const float* from, int quad0,
                        int col0) const {
    const int left = class_size(fold_class, shape.half) - first, depth = left < k_depth ? left : k_depth;
    const int row0 = class_row(fold_class, first, shape.half);  // every other one from there on
    fetch_rows<k_quads / 4>(block, thread, depth, shared.a[part], table + static_cast<std::ptrdiff_t>(row0) * shape.size,
                            2 * shape.size, quad0, shape.size / 4);
    fetch_rows<k_cols / 4>(block, thread, depth, shared.b[part], from + static_cast<std::ptrdiff_t>(row0) * shape.cols,
                           2 * shape.cols, col0, shape.cols);
  }
  // Places quads of `depth` rows, `step` numbers apart.
  template <int Places, class Block>
  RETICLE_HD void fetch_rows(Block& block, int thread, int depth, Quad (*to)[Places], const float* rows, int step, int first,
                             int cols) const {
    constexpr int k_at_once = k_threads / Places;
    const int place = thread % Places, col = first + 4 * place;
    RETICLE_UNROLL
    for (int i = 0; i < k_depth; i += k_at_once) {
      const int k = thread / Places + i;
      if (k >= depth) break;
      const float* row = rows + static_cast<std::ptrdiff_t>(k) * step;
      if constexpr (Whole)
        block.copy(&to[k][place], row + col, col < cols);
      else
        copy_four(block, to[k][place], row, col, cols, true);
    }
  }
};

// RowsOfThread: 3 or 5 rows of a class by one thread; the tile is picked by the number of orders only.
// Pixel: float, or bytes of 0 and 1. A block reads its pixels once for all four classes.
template <int RowsOfThread, class Pixel>
struct FoldedReduce {
  static constexpr int k_groups = 4, k_rows = k_groups * RowsOfThread;  // of a class
  static constexpr int k_cols = 64, k_quads = k_cols / 4, k_depth = 16;
  static constexpr int k_threads = k_fold_classes * k_groups * k_quads;  // each sums RowsOfThread rows x 4 columns
  // Rows of the table that a thread reads: one place of the depth in each, k_row_step apart among all classes'.
  static constexpr int k_row_step = k_threads / k_depth, k_loads = k_fold_classes * k_rows / k_row_step;
  static_assert(k_row_step * k_loads == k_fold_classes * k_rows && k_depth * k_quads == k_threads);
  struct Sums {
    float v[RowsOfThread][4];
    int from[k_loads];  // where the table's rows begin; -1: beyond the class
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
    block.template threads<k_threads>([&](int thread) {
      sums[thread] = Sums{};
      RETICLE_UNROLL
      for (int i = 0; i < k_loads; ++i) {
        const int all = thread / k_depth + i * k_row_step, fold_class = all / k_rows, row = row0 + all % k_rows;
        sums[thread].from[i] = row < class_size(fold_class, shape.half)
                                   ? class_row(fold_class, row, shape.half) * shape.size + thread % k_depth
                                   : -1;
      }
    });
    for (int first = 0; first < quads; first += k_depth) {
      block.template threads<k_threads>([&](int thread) {
        const int place = thread % k_depth;
        RETICLE_UNROLL
        for (int i = 0; i < k_loads; ++i) {
          const int all = thread / k_depth + i * k_row_step, row = all % k_rows, at = sums[thread].from[i];
          shared.a[all / k_rows][place][row / RowsOfThread].v[row % RowsOfThread] =
              at >= 0 && first + place < quads ? table[at + first] : 0.0f;
        }
        const int k = thread / k_quads, quad = thread % k_quads;
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
        const float* v = sums[thread].v[i];
        store_four(to + static_cast<std::ptrdiff_t>(class_row(fold_class, row + i, shape.half)) * shape.cols, col, shape.cols,
                   {v[0], v[1], v[2], v[3]});
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
