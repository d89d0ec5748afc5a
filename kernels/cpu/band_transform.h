// SPDX-License-Identifier: Apache-2.0
// BandTransform: between a real periodic image and its lowest Fourier coefficients, both ways.
//
//   analyze:    c(m, n) = 1 / (rows cols) sum_ij t(i, j) exp(-2 pi i (m u_j + n v_i))
//   synthesize: t(i, j) = Re sum_mn c(m, n) exp(+2 pi i (m u_j + n v_i))
//   u_j = (j + offset) / cols,  v_i = (i + offset) / rows,  |m| <= half_x, |n| <= half_y
//
// Two thin matrix products instead of full-size FFTs: the band is narrow, so most of an FFT's output
// would be thrown away. Columns are folded about the half period of cos and sin, rows also about the
// quarter period (orders of equal parity share it), which saves three quarters of the long sums' work.
// Sums run in a fixed order.
//
// Both also work piece by piece, some rows of some columns at a time, so that what is done to an image between the two
// need not go through memory: prepare(), then expand() of every piece; clear, add() of every piece, then collect().
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "kernels/base/image.h"
#include "kernels/base/spectrum.h"
#include "kernels/cpu/aligned.h"
#include "kernels/cpu/lanes.h"

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
  BandTransform(int rows, int cols, int half_x, int half_y, Samples samples);

  int rows() const { return y_.size; }
  int cols() const { return x_.size; }
  // The spectra must have the band's half widths, the images rows x cols.
  void analyze(ImageView<const T> image, Spectrum<T>& spectrum);
  void synthesize(const Spectrum<T>& spectrum, ImageView<T> image);

  // Columns are worked on in tiles of k_tile_cols, rows in quads that share their tables.
  static constexpr int k_tile_cols = 2 * k_lanes;
  static constexpr int k_piece_quads = 12;
  static constexpr int k_piece_rows = 4 * k_piece_quads;
  struct Piece {
    int first_quad, quads, tile;
    int rows() const { return 4 * quads; }
    int col() const { return tile * k_tile_cols; }  // its first; those beyond the image's are padding
  };
  using Pixels = std::array<Lanes<T>, k_piece_rows * k_tile_cols / k_lanes>;  // [row of the piece][k_tile_cols]
  // What is between sums along x and along y.
  using Columns = AlignedVector<Lanes<T>>;

  // In a fixed order: from left to right, then the next rows.
  template <class Visit>
  void for_pieces(const Visit& visit) const {
    for (int q = 0; q < y_.quads(); q += k_piece_quads)
      for (int tile = 0; tile < tiles_; ++tile) visit(Piece{q, std::min(k_piece_quads, y_.quads() - q), tile});
  }
  // The image's row that is the i-th of a piece; -1: none.
  int row(const Piece& piece, int i) const {
    return y_.rows[static_cast<std::size_t>(piece.first_quad + i / 4)][static_cast<std::size_t>(i % 4)];
  }
  Columns columns() const { return Columns(static_cast<std::size_t>(tiles_) * tile_size(), Lanes<T>{}); }
  void prepare(const Spectrum<T>& spectrum, Columns& columns);
  void expand(const Piece& piece, const Columns& columns, Pixels& pixels) const;
  // Columns begin as zeros; pixels of rows that are none do not count.
  void add(const Piece& piece, const Pixels& pixels, Columns& columns) const;
  void collect(const Columns& columns, Spectrum<T>& spectrum);

 private:
  // Along x: samples j and mirror(j) share cos and differ in the sign of sin.
  struct PairedAxis {
    PairedAxis(int size, int half, Samples samples);
    int size, half;
    std::vector<int> first, second;  // [pair]; equal where a sample is its own mirror
    AlignedVector<T> cosine, sine;   // [order 0..half][pair, then zeros up to pitch]
    int pairs() const { return static_cast<int>(first.size()); }
    int pitch() const { return (pairs() + k_tile_cols - 1) / k_tile_cols * k_tile_cols; }
  };
  // Along y: row j, mirror(j), the row j' half a period from mirror(j), and mirror(j'). With the phase
  // t of row j, that of j' is pi n - t for order n. -1: no such row, or listed before.
  struct QuadAxis {
    QuadAxis(int size, int half, Samples samples);
    int size, half;
    std::vector<std::array<int, 4>> rows;  // [quad]
    AlignedVector<T> cosine, sine;         // [order 0..half][quad]
    int quads() const { return static_cast<int>(rows.size()); }
  };

  int even_orders() const { return y_.half / 2 + 1; }
  std::size_t tile_size() const { return static_cast<std::size_t>(y_.half + 1) * 2 * k_tile_cols / k_lanes; }
  // Where an order's real parts lie in a tile, its imaginary ones behind them; even orders first.
  std::size_t place_of(int tile, int n) const {
    const int place = n % 2 == 0 ? n / 2 : even_orders() + n / 2;
    return static_cast<std::size_t>(tile) * tile_size() + static_cast<std::size_t>(place) * 2 * k_tile_cols / k_lanes;
  }
  void gather_row(const Columns& columns, int n, int part, T* row) const;  // part 0: re, 1: im
  void scatter_row(int n, int part, const T* row, Columns& columns) const;
  void expand_quads(const Piece& piece, int first, int quads, const Columns& columns, Lanes<T>* pixels) const;

  PairedAxis x_;
  QuadAxis y_;
  int tiles_;
  Columns columns_;         // [tile][even n, then odd n][re, im][k_tile_cols]
  std::vector<std::array<T, 4>> factors_;  // [order]: of one row of a spectrum
  AlignedVector<T> line_;   // [4][pitch of x], then [2][padded cols]
};

}  // namespace reticle::cpu
