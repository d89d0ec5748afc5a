// SPDX-License-Identifier: Apache-2.0
// The image along a straight line, as the sum of waves it is.
#pragma once

#include <complex>
#include <vector>

#include "kernels/base/spectrum.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// Exact at every point: no pixels, no interpolation. A line along x or y costs one wave for each
// order, any other line one for every coefficient of the image.
class LineProfile {
 public:
  // The image of a field, whose coefficients these are, from one point to another.
  LineProfile(const Spectrum<double>& intensity, const Box& field, Point from, Point to);

  // s: nm from the first point.
  double at(double s_nm) const;

  struct Gradient {
    double along = 0.0;   // per nm
    double across = 0.0;  // per nm, to the left of the line
  };
  Gradient gradient(double s_nm) const;

 private:
  struct Wave {
    double frequency_per_nm = 0.0;  // along the line
    std::complex<double> amplitude;
    std::complex<double> across;  // of the derivative across the line
  };
  std::vector<Wave> waves_;
};

}  // namespace reticle
