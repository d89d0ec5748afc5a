// SPDX-License-Identifier: Apache-2.0
// Between real tables and complex coefficients of one order pair.
//
//   P(a, b) = sum_ij A_a(v_i) t_ij B_b(u_j),  A, B in {cos 0, .., cos h, sin 1, .., sin h}
//   c(m, n) = 1/N sum t exp(-2 pi i (m u + n v)), a sum of products of P's
//
// Index of cos n: n; of sin n: half + n.
#pragma once

#include "kernels/pixel/dft.h"

namespace reticle::pixel {

// real: [2 half_y + 1][2 half_x + 1] of P; scale: 1/N.
RETICLE_HD Complex<float> order_from_real(const float* real, int half_x, int half_y, int m, int n,
                                          float scale) {
  const int cols = 2 * half_x + 1, a = m < 0 ? -m : m, b = n < 0 ? -n : n;
  const float sign_m = m < 0 ? -1.0f : 1.0f, sign_n = n < 0 ? -1.0f : 1.0f;
  const float cc = real[b * cols + a];
  const float cs = a == 0 ? 0.0f : sign_m * real[b * cols + half_x + a];
  const float sc = b == 0 ? 0.0f : sign_n * real[(half_y + b) * cols + a];
  const float ss = a == 0 || b == 0 ? 0.0f : sign_m * sign_n * real[(half_y + b) * cols + half_x + a];
  return {scale * (cc - ss), -scale * (cs + sc)};
}

// The transpose: dL/dP(row, col) from d(m, n) = dL/dRe c + i dL/dIm c given by order(m, n).
template <class Order>
RETICLE_HD float real_from_orders(Order order, int half_x, int half_y, int row, int col, float scale) {
  const bool sine_y = row > half_y, sine_x = col > half_x;
  const int b = sine_y ? row - half_y : row, a = sine_x ? col - half_x : col;
  float sum = 0.0f;
  for (int i = 0; i < (b == 0 ? 1 : 2); ++i)
    for (int j = 0; j < (a == 0 ? 1 : 2); ++j) {
      const Complex<float> d = order(j == 0 ? a : -a, i == 0 ? b : -b);
      const float sign_m = j == 0 ? 1.0f : -1.0f, sign_n = i == 0 ? 1.0f : -1.0f;
      if (sine_x && sine_y)
        sum -= sign_m * sign_n * d.re;
      else if (sine_x)
        sum -= sign_m * d.im;
      else if (sine_y)
        sum -= sign_n * d.im;
      else
        sum += d.re;
    }
  return scale * sum;
}

}  // namespace reticle::pixel
