// SPDX-License-Identifier: Apache-2.0
// BandTransform: between a real periodic image and its lowest Fourier coefficients, both ways.
//
//   analyze:    c(m, n) = 1 / (rows cols) sum_ij t(i, j) exp(-2 pi i (m u_j + n v_i))
//   synthesize: t(i, j) = Re sum_mn c(m, n) exp(+2 pi i (m u_j + n v_i))
//   u_j = (j + offset) / cols,  v_i = (i + offset) / rows,  |m| <= half_x, |n| <= half_y
//
// Two thin matrix products instead of full-size FFTs: the band is narrow, so most of an FFT's output
// would be thrown away. Columns and rows are folded about the half and the quarter period of cos and sin
// (orders of equal parity share the latter), which saves three quarters of the sums' work.
// Sums run in a fixed order. Of many orders and more rows the sums along y are taken by way of a grid (grid_rows.h) in single
// precision: work that does not grow with the orders, and 2e-7 of error.
//
// Both also work piece by piece, some rows of some columns at a time, so that what is done to an image between the two
// need not go through memory: prepare(), then expand() of every piece; add() of every piece, then collect().
// What is kept of an image meanwhile lies best in the order of the pieces.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "kernels/base/image.h"
#include "kernels/base/spectrum.h"
#include "kernels/cpu/aligned.h"
#include "kernels/cpu/band_loops.h"
#include "kernels/cpu/grid_rows.h"
#include "kernels/cpu/lanes.h"
#include "kernels/cpu/wide.h"

namespace reticle::cpu {

// Where sample [0, 0] lies, in units of the grid's pitch.
enum class Samples {
  at_corners,  // offset 0: points of a field grid
  at_centres,  // offset 1/2: pixels
};

// How orders along y become rows and back, and so which rows a piece has.
enum class AlongY {
  sums,  // of cos and sin, folded
  grid,  // GridRows; single precision
};
// Whichever takes less work.
template <class T>
AlongY cheapest_along_y(int rows, int half_y);

// Tables and scratch memory for one grid and band; one per thread.
template <class T>
class BandTransform {
 public:
  BandTransform(int rows, int cols, int half_x, int half_y, Samples samples, Width width = widest());
  BandTransform(int rows, int cols, int half_x, int half_y, Samples samples, Width width, AlongY along_y);

  int rows() const { return y_.size; }
  int cols() const { return x_.size; }
  // The spectra must have the band's half widths, the images rows x cols.
  void analyze(ImageView<const T> image, Spectrum<T>& spectrum);
  void synthesize(const Spectrum<T>& spectrum, ImageView<T> image);

  // Columns are worked on in tiles of k_tile_cols, rows in quads: four that share their tables, or four in a row.
  static constexpr int k_tile_cols = cpu::k_tile_cols;
  static constexpr int k_piece_quads = cpu::k_piece_quads;
  static constexpr int k_piece_rows = 4 * k_piece_quads;
  struct Piece {
    int first_quad, quads, tile;
    std::size_t place;  // of its first lanes in an image by pieces
    int rows() const { return 4 * quads; }
    std::size_t lanes() const { return static_cast<std::size_t>(rows()) * k_tile_cols / k_lanes; }
    int col() const { return tile * k_tile_cols; }  // its first; those beyond the image's are padding
  };
  using Pixels = std::array<Lanes<T>, k_piece_rows * k_tile_cols / k_lanes>;  // [row of the piece][k_tile_cols]
  // What is between sums along x and along y: of each tile its orders along y; and points of the grid of the tile at hand.
  struct Columns {
    AlignedVector<Lanes<T>> orders;  // [tile][even n, then odd n][re, im][k_tile_cols]
    AlignedVector<Lanes<T>> points;
    bool empty() const { return orders.empty(); }
  };

  // In a fixed order: all of a tile's columns, which stay in the cache meanwhile, then the next ones to the right.
  template <class Visit>
  void for_pieces(const Visit& visit) const {
    for (int tile = 0; tile < tiles_; ++tile)
      for (int q = 0; q < y_.quads(); q += k_piece_quads)
        visit(Piece{q, std::min(k_piece_quads, y_.quads() - q), tile, place_of_piece(tile, q)});
  }
  // The image's row that is the i-th of a piece; -1: none.
  int row(const Piece& piece, int i) const {
    return y_.samples[static_cast<std::size_t>(piece.first_quad + i / 4)][static_cast<std::size_t>(i % 4)];
  }
  // Of all rows of a piece, as row() gives them.
  const int* rows_of(const Piece& piece) const { return y_.samples[static_cast<std::size_t>(piece.first_quad)].data(); }
  Width width() const { return width_; }
  // An image by pieces: [piece, as they are visited][row of the piece][k_tile_cols], 0 where there is no pixel.
  using ByPieces = AlignedVector<Lanes<T>>;
  ByPieces by_pieces() const { return ByPieces(place_of_piece(tiles_, 0), Lanes<T>{}); }
  ByPieces by_pieces(ImageView<const T> image) const;
  void to_pieces(ImageView<const T> image, ByPieces& pieces) const;  // in the memory that they have
  // Asks for the memory of the piece that for_pieces() visits next.
  static void prefetch_next(const ByPieces& pieces, const Piece& piece) {
    const std::size_t next = piece.place + piece.lanes();
    if (next < pieces.size()) prefetch(pieces.data() + next, std::min(piece.lanes(), pieces.size() - next));
  }
  void to_image(const ByPieces& pieces, ImageView<T> image) const;
  void read_piece(const Piece& piece, ImageView<const T> image, Lanes<T>* pixels) const;
  // 0 where there is no pixel.
  void clear_padding(const Piece& piece, Lanes<T>* pixels) const;
  Columns columns() const;
  void prepare(const Spectrum<T>& spectrum, Columns& columns);
  // Both to be called for all pieces of a tile in the order of for_pieces(): its first begins a tile, its last ends it.
  void expand(const Piece& piece, Columns& columns, Pixels& pixels);
  // Pixels of rows that are none do not count.
  void add(const Piece& piece, const Pixels& pixels, Columns& columns);
  void collect(const Columns& columns, Spectrum<T>& spectrum);

 private:
  // Of an axis: sample j, mirror(j), the sample j' half a period from mirror(j), and mirror(j'). With the phase t of
  // sample j, that of j' is pi n - t for order n. -1: no such sample, or listed before.
  struct QuadAxis {
    // Tables are padded with zeros to a multiple of `padding` quads.
    QuadAxis(int size, int half, Samples samples, int padding);
    // Quads of samples in a row, without tables.
    static QuadAxis in_order(int size, int half);
    int size, half, twice_offset, pitch;
    std::vector<std::array<int, 4>> samples;  // [quad]
    AlignedVector<T> cosine, sine;            // [order 0..half][quad, then zeros up to pitch]
    // Of these quads the samples lie side by side, in both directions.
    int regular_begin, regular_end;
    int quads() const { return static_cast<int>(samples.size()); }
    bool is_regular(int quad) const {
      const auto& [j, mirror, other, other_mirror] = samples[static_cast<std::size_t>(quad)];
      return j == quad && mirror == size - twice_offset - quad && other == size / 2 - twice_offset - quad &&
             other_mirror == size / 2 + quad;
    }
  };
  // Rows of a spectrum are summed along x two at a time: numbers_ holds what cos and sin of each order are multiplied by, or
  // their sums; lines_ what multiplies cos and sin of even orders, then of odd ones, at the quads.
  static constexpr int k_rows_at_once = 2;
  static constexpr int k_cos_re = 0, k_cos_im = 1, k_sin_im = 2, k_sin_re = 3;
  std::ptrdiff_t row_of_numbers() const { return 4 * (x_.half + 1); }
  std::ptrdiff_t row_of_lines() const { return 8 * x_.pitch; }
  T* line(int row, int parity, int kind) { return lines_.data() + row * row_of_lines() + (4 * parity + kind) * x_.pitch; }
  XSums<T> sums_along_x(int parity, int rows);
  void fold_row(const T* row, T* even_cos, T* even_sin, T* odd_cos, T* odd_sin) const;
  void unfold_row(const T* even_cos, const T* even_sin, const T* odd_cos, const T* odd_sin, T* row) const;

  std::size_t place_of_piece(int tile, int quad) const {
    return (static_cast<std::size_t>(tile) * static_cast<std::size_t>(y_.quads()) + static_cast<std::size_t>(quad)) * 4 *
           k_tile_cols / k_lanes;
  }
  std::size_t tile_size() const { return static_cast<std::size_t>(y_.half + 1) * 2 * k_tile_cols / k_lanes; }
  // Where an order's real parts lie in a tile, its imaginary ones behind them; even orders first.
  std::size_t place_of(int tile, int n) const {
    return static_cast<std::size_t>(tile) * tile_size() + static_cast<std::size_t>(tables_of_rows().place_of(n) / k_lanes);
  }
  void gather_row(const Columns& columns, int n, int part, T* row) const;  // part 0: re, 1: im
  void scatter_row(int n, int part, const T* row, Columns& columns) const;
  void expand_by_grid(const Piece& piece, Columns& columns, T* pixels);
  void add_by_grid(const Piece& piece, const T* pixels, Columns& columns);
  QuadTables<T> tables_of_rows() const {
    return {y_.cosine.data(), y_.sine.data(), y_.samples.data()->data(), y_.pitch, y_.half};
  }

  Width width_;
  QuadAxis x_, y_;
  std::optional<GridRows> grid_;
  int tiles_;
  Columns columns_;         // of analyze() and synthesize()
  std::vector<T> numbers_;   // [row][order][kind]
  AlignedVector<T> lines_;   // [row][parity][kind][pitch of x]
  AlignedVector<T> row_;     // [column, padded]
};

}  // namespace reticle::cpu
