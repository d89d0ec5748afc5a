// SPDX-License-Identifier: Apache-2.0
// LaneFft: one-dimensional FFTs of eight signals at once, one a lane, for lengths 2^a 3^b 5^c.
//
//   X[k] = sum_j x[j] exp(sign 2 pi i j k / n), no scaling (Stockham autosort, radix 2..6).
//
// Fixed order of operations: the same input gives the same bits on every call and thread.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/cpu/lane_passes.h"
#include "kernels/cpu/lanes.h"

namespace reticle::cpu {

// The smallest even length >= minimum that LaneFft is fast at.
int fast_fft_length(int minimum);

template <class T>
class LaneFft {
 public:
  // Throws Error(invalid_argument) if n has a prime factor above 5.
  explicit LaneFft(int n);
  int length() const { return n_; }

  // Both transform data[n] in place; scratch[n] is overwritten.
  void forward(ComplexLanes<T>* data, ComplexLanes<T>* scratch) const;   // sign -1
  void backward(ComplexLanes<T>* data, ComplexLanes<T>* scratch) const;  // sign +1

  std::size_t passes() const { return stages_.size(); }
  LanePass<T> pass(std::size_t i) const {
    return {stages_[i].radix, stages_[i].length, stages_[i].stride, twiddles_.data() + stages_[i].twiddle};
  }

 private:
  struct Stage {
    int radix;
    int length;  // transform length before the stage
    int stride;
    std::size_t twiddle;  // index of the first twiddle: [p][j - 1] -> (cos, sin)
  };
  template <int Sign>
  void transform(ComplexLanes<T>* data, ComplexLanes<T>* scratch) const;

  int n_;
  std::vector<Stage> stages_;
  std::vector<T> twiddles_;
};

}  // namespace reticle::cpu
