// SPDX-License-Identifier: Apache-2.0
// Periodic images on another grid over the same field, by cubic convolution [Keys 1981].
#pragma once

#include <array>
#include <vector>

#include "kernels/base/image.h"
#include "kernels/pixel/cubic.h"

namespace reticle::cpu {

// The resampled image row by row, best in order, for those who need not keep it: of the image four rows are held
// resampled along x.
class ResampledRows {
 public:
  ResampledRows(ImageView<const float> image, int rows, int cols);
  int rows() const { return static_cast<int>(taps_y_.size()); }
  int cols() const { return static_cast<int>(taps_x_.size()); }
  void row(int y, float* out);  // cols() pixels

 private:
  const float* wide(int y);  // a row of the image or of its next copies, resampled along x

  ImageView<const float> image_;
  std::vector<pixel::CubicWeights> taps_x_, taps_y_;
  std::vector<std::array<int, 4>> from_x_;  // columns of the image
  std::array<std::vector<float>, 4> held_;
  std::array<int, 4> held_rows_;
};

Image<float> resample(ImageView<const float> image, int rows, int cols);

}  // namespace reticle::cpu
