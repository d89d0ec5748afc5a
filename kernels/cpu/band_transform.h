// BandTransform: between a real periodic image and its lowest Fourier coefficients, both ways.
//
//   analyze:    c(m, n) = 1 / (rows cols) sum_ij t(i, j) exp(-2 pi i (m u_j + n v_i))
//   synthesize: t(i, j) = Re sum_mn c(m, n) exp(+2 pi i (m u_j + n v_i))
//   u_j = (j + offset) / cols,  v_i = (i + offset) / rows,  |m| <= half_x, |n| <= half_y
//
// Two thin matrix products instead of full-size FFTs: the band is narrow, so most of an FFT's output
// would be thrown away. Rows (columns) are folded about the symmetry of cos and sin, which halves the
// work. Sums run in a fixed order.
#pragma once

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
  // One axis: samples j and mirror(j) share cos and differ in the sign of sin.
  struct Axis {
    Axis(int size, int half, Samples samples);
    int size = 0;
    int half = 0;
    std::vector<int> first, second;  // [pair]; equal where a sample is its own mirror
    AlignedVector<T> cosine, sine;   // [order 0..half][pair]
    int pairs() const { return static_cast<int>(first.size()); }
  };
  void sum_columns(ImageView<const T> image);           // image -> columns_ (analysis along y)
  void expand_columns(ImageView<T> image);              // columns_ -> image (synthesis along y)
  Lanes<T>* column(int n, int part) {                   // part 0: re, 1: im
    return columns_.data() + (static_cast<std::ptrdiff_t>(n) * 2 + part) * lane_cols_;
  }

  Axis x_, y_;
  int lane_cols_;                    // columns in groups of k_lanes, padded
  AlignedVector<Lanes<T>> columns_;  // [n = 0..half_y][re, im][lane_cols_]
  AlignedVector<Lanes<T>> folded_;   // [pair in block][sum, difference][lane_cols_]
  AlignedVector<T> line_;            // [4][pairs of x]
};

}  // namespace reticle::cpu
