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
// Sums run in a fixed order.
//
// Both also work piece by piece, some rows of some columns at a time, so that what is done to an image between the two
// need not go through memory: prepare(), then expand() of every piece; clear, add() of every piece, then collect().
// What is kept of an image meanwhile lies best in the order of the pieces.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "kernels/base/image.h"
#include "kernels/base/spectrum.h"
#include "kernels/cpu/aligned.h"
#include "kernels/cpu/band_loops.h"
#include "kernels/cpu/lanes.h"
#include "kernels/cpu/wide.h"

namespace reticle::cpu {

// Where sample [0, 0] lies, in units of the grid's pitch.
enum class Samples {
  at_corners,  // offset 0: points of a field grid
  at_centres,  // offset 1/2: pixels
};

// Tables and scratch memory for one grid and band; one per thread.
template <class T>
class BandTransform {
 public:
  BandTransform(int rows, int cols, int half_x, int half_y, Samples samples, Width width = widest());

  int rows() const { return y_.size; }
  int cols() const { return x_.size; }
  // The spectra must have the band's half widths, the images rows x cols.
  void analyze(ImageView<const T> image, Spectrum<T>& spectrum);
  void synthesize(const Spectrum<T>& spectrum, ImageView<T> image);

  // Columns are worked on in tiles of k_tile_cols, rows in quads that share their tables.
  static constexpr int k_tile_cols = cpu::k_tile_cols;
  static constexpr int k_piece_quads = cpu::k_piece_quads;
  static constexpr int k_piece_rows = 4 * k_piece_quads;
  struct Piece {
    int first_quad, quads, tile;
    std::size_t place;  // of its first lanes in an image by pieces
    int rows() const { return 4 * quads; }
    int col() const { return tile * k_tile_cols; }  // its first; those beyond the image's are padding
  };
  using Pixels = std::array<Lanes<T>, k_piece_rows * k_tile_cols / k_lanes>;  // [row of the piece][k_tile_cols]
  // What is between sums along x and along y.
  using Columns = AlignedVector<Lanes<T>>;

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
  void to_image(const ByPieces& pieces, ImageView<T> image) const;
  void read_piece(const Piece& piece, ImageView<const T> image, Lanes<T>* pixels) const;
  // 0 where there is no pixel.
  void clear_padding(const Piece& piece, Lanes<T>* pixels) const;
  Columns columns() const { return Columns(static_cast<std::size_t>(tiles_) * tile_size(), Lanes<T>{}); }
  void prepare(const Spectrum<T>& spectrum, Columns& columns);
  void expand(const Piece& piece, const Columns& columns, Pixels& pixels) const;
  // Columns begin as zeros; pixels of rows that are none do not count.
  void add(const Piece& piece, const Pixels& pixels, Columns& columns) const;
  void collect(const Columns& columns, Spectrum<T>& spectrum);

 private:
  // Of an axis: sample j, mirror(j), the sample j' half a period from mirror(j), and mirror(j'). With the phase t of
  // sample j, that of j' is pi n - t for order n. -1: no such sample, or listed before.
  struct QuadAxis {
    // Tables are padded with zeros to a multiple of `padding` quads.
    QuadAxis(int size, int half, Samples samples, int padding);
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
  // What cos and sin of even orders [0], then of odd orders [1], multiply: of real and imaginary parts along x.
  struct Folded {
    T *cos_re, *cos_im, *sin_im, *sin_re;
  };
  std::array<Folded, 2> folded();
  T* padded_row(int part) { return line_.data() + 8 * x_.pitch + part * tiles_ * k_tile_cols; }
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
  QuadTables<T> tables_of_rows() const {
    return {y_.cosine.data(), y_.sine.data(), y_.samples.data()->data(), y_.pitch, y_.half};
  }
  void sum_along_x(const T (*factors)[4], int orders, const T* cosine, const T* sine, T* const* to) const;

  Width width_;
  QuadAxis x_, y_;
  int tiles_;
  Columns columns_;         // [tile][even n, then odd n][re, im][k_tile_cols]
  std::vector<T> factors_;  // [order][4]: of one row of a spectrum
  AlignedVector<T> line_;   // [2][4][pitch of x], then [2][padded cols]
};

}  // namespace reticle::cpu
