// SPDX-License-Identifier: Apache-2.0
// BinaryTransform: the lowest Fourier coefficients of an image of zeros and ones, as BandTransform::analyze() of
// samples at_centres has them, from the ends of its runs.
//
//   sum_{a <= j < b} exp(-2 pi i m (j + 1/2) / N) = (E_m(b) - E_m(a)) / (-2 i sin(pi m / N)),  E_m(x) = exp(-2 pi i m x / N)
//
// A row has few ends, and most rows are like the one before: what is left are the sums along y.
#pragma once

#include <cstdint>

#include "kernels/base/image.h"
#include "kernels/base/spectrum.h"
#include "kernels/cpu/aligned.h"
#include "kernels/cpu/lanes.h"

namespace reticle::cpu {

// Tables and scratch memory for one grid and band; one per thread.
template <class T>
class BinaryTransform {
 public:
  BinaryTransform(int rows, int cols, int half_x, int half_y);
  // The image is rows x cols, the spectrum of the band's half widths.
  void analyze(ImageView<const std::uint8_t> image, Spectrum<T>& spectrum);

 private:
  void sum_row(const std::uint8_t* pixels, Lanes<T>* sums) const;
  void add_block(int first, int count);

  int rows_, cols_, half_x_, half_y_;
  int groups_;                  // of lanes that hold orders 0..half_x along x, real parts, then imaginary ones
  AlignedVector<Lanes<T>> ends_;    // [place 0..cols][groups]: what a run gives that ends there
  AlignedVector<T> cosine_, sine_;  // [order 0..half_y][row]
  AlignedVector<Lanes<T>> lines_;   // [row of a block][groups]
  AlignedVector<double> sums_;      // [order 0..half_y][cos, sin][groups * k_lanes]
};

}  // namespace reticle::cpu
