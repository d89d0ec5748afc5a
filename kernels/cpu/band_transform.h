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
#pragma once

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

 private:
  // Along x: samples j and mirror(j) share cos and differ in the sign of sin.
  struct PairedAxis {
    PairedAxis(int size, int half, Samples samples);
    int size, half;
    std::vector<int> first, second;  // [pair]; equal where a sample is its own mirror
    AlignedVector<T> cosine, sine;   // [order 0..half][pair]
    int pairs() const { return static_cast<int>(first.size()); }
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
  void sum_columns(ImageView<const T> image);  // image -> columns_, analysis along y
  void expand_columns(ImageView<T> image);     // columns_ -> image, synthesis along y

  // Columns are worked on in tiles of k_tile_cols, each contiguous in memory, so that the inner
  // loops run in the first cache whatever the image's width.
  static constexpr int k_tile_cols = 2 * k_lanes;
  T* tile_row(int tile, int n, int part) {  // k_tile_cols numbers; part 0: re, 1: im
    const int place = n % 2 == 0 ? n / 2 : even_orders() + n / 2;
    return reinterpret_cast<T*>(columns_.data()) +
           ((static_cast<std::ptrdiff_t>(tile) * (y_.half + 1) + place) * 2 + part) * k_tile_cols;
  }
  int even_orders() const { return y_.half / 2 + 1; }
  // Rows of some quads folded, tile by tile: [tile][quad][what cos and sin of even orders, then of odd
  // orders, multiply][k_tile_cols].
  Lanes<T>* fold_rows(ImageView<const T> image, int first_quad, int quads);
  void expand_quads(int tile, int first_quad, int quads, ImageView<T> image);
  void gather_row(int n, int part, T* row);         // from the tiles
  void scatter_row(int n, int part, const T* row);  // to the tiles

  PairedAxis x_;
  QuadAxis y_;
  int tiles_;
  AlignedVector<Lanes<T>> columns_;  // [tile][even n, then odd n][re, im][k_tile_cols]
  AlignedVector<Lanes<T>> folded_;   // from fold_rows()
  AlignedVector<T> line_;            // [4][pairs of x], then [2][padded cols]
};

}  // namespace reticle::cpu
