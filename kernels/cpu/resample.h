// SPDX-License-Identifier: Apache-2.0
// Periodic images on another grid over the same field, by cubic convolution [Keys 1981].
#pragma once

#include <vector>

#include "kernels/base/image.h"
#include "kernels/pixel/cubic.h"

namespace reticle::cpu {

// The resampled image row by row, for those who need not keep it.
class ResampledRows {
 public:
  ResampledRows(ImageView<const float> image, int rows, int cols);
  int rows() const { return static_cast<int>(taps_.size()); }
  int cols() const { return wide_.cols(); }
  void row(int y, float* out) const;  // cols() pixels

 private:
  Image<float> wide_;                      // resampled along x
  std::vector<pixel::CubicWeights> taps_;  // of each row
};

Image<float> resample(ImageView<const float> image, int rows, int cols);

}  // namespace reticle::cpu
