// SPDX-License-Identifier: Apache-2.0
// SocsStack: the coherent systems of several conditions, as engines take them; no physics in it.
#pragma once

#include <complex>
#include <vector>

namespace reticle {

// weight times the mask's power, blurred by a Gaussian of this standard deviation.
struct TailTerm {
  double weight = 0.0;
  double range_nm = 0.0;
};

// Orders -half_x..half_x, -half_y..half_y are the same for all conditions.
struct SocsStack {
  struct Condition {
    // [kernel][n + half_y][m + half_x], each kernel scaled by the root of its weight, so that the
    // intensity is the plain sum of |field|^2.
    std::vector<std::complex<double>> coefficients;
    int count = 0;
    std::vector<TailTerm> tail;  // for systems left out, added to the intensity
    double mask_bias_nm = 0.0;  // of what is drawn: its edges move outwards by half of it
  };
  int half_x = 0;
  int half_y = 0;
  std::vector<Condition> conditions;

  int rows() const { return 2 * half_y + 1; }
  int cols() const { return 2 * half_x + 1; }
};

}  // namespace reticle
