// SPDX-License-Identifier: Apache-2.0
// A band-limited image from samples fine enough to be read anywhere.
//
// Values between samples are interpolated by the polynomial through six of them a direction [Lagrange];
// at the 14 samples per shortest wave that samples_per_side() asks for, the error is below 3e-5 of what
// the image holds at its band's edge.
#pragma once

#include <array>
#include <utility>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// Samples that an image of orders -half..half needs over its period; a fast length of transforms.
int samples_per_side(int half);

struct ValueAndSlope {
  double value = 0.0;
  Point slope;  // per nm
};

struct ValueOnLine {
  double value, slope;  // slope per sample
};

// The image from one sample to the next, as a polynomial.
class LineOfImage {
 public:
  static constexpr int k_points = 6;
  explicit LineOfImage(const std::array<double, k_points>& samples);
  ValueOnLine value_and_slope(double part) const {  // 0 <= part <= 1
    ValueOnLine here{powers_[k_points - 1], 0.0};
    for (int p = k_points - 2; p >= 0; --p) {
      here.slope = here.slope * part + here.value;
      here.value = here.value * part + powers_[static_cast<std::size_t>(p)];
    }
    return here;
  }

 private:
  std::array<double, k_points> powers_;  // factors of 1, part, part^2 ..
};

class SampledImage {
 public:
  SampledImage() = default;
  // first: where sample [0, 0] stands; pitch: between neighbours, nm.
  SampledImage(Image<float> samples, Point first, Point pitch)
      : samples_(std::move(samples)), first_(first), pitch_(pitch) {}

  int rows() const { return samples_.rows(); }
  int cols() const { return samples_.cols(); }
  Point pitch() const { return pitch_; }
  float sample(int y, int x) const { return samples_(y, x); }
  const float* row(int y) const { return samples_.row(y); }
  // Of any place on the grid of the samples.
  Point place(double y, double x) const { return {first_.x + x * pitch_.x, first_.y + y * pitch_.y}; }
  // Where the outermost samples stand, the image goes on as they are.
  double value(Point point) const;
  ValueAndSlope value_and_slope(Point point) const;
  // Between samples x and x + 1 of a row, y and y + 1 of a column.
  LineOfImage along_row(int y, int x) const;
  LineOfImage along_column(int y, int x) const;

 private:
  Image<float> samples_;
  Point first_, pitch_{1.0, 1.0};
};

}  // namespace reticle
