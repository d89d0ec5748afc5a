// SPDX-License-Identifier: Apache-2.0
// The tail of a condition on the orders of a period: what is added to an image's coefficients for each of the mask's
// power,
//
//   tail_weight exp(-2 pi^2 s^2 f^2),  s = tail_range_nm
//
// Few orders count, for tails are wide: beyond them it is below a millionth of the weight.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "kernels/engine/socs_stack.h"

namespace reticle {

// 0 where it is below a millionth.
inline double tail_factor(double range_nm, double fx, double fy) {
  const double s = std::numbers::pi * range_nm, factor = std::exp(-2.0 * s * s * (fx * fx + fy * fy));
  return factor < 1e-6 ? 0.0 : factor;
}

struct TailOrders {
  int half_x = -1;  // -1: no tail
  int half_y = -1;
  std::vector<float> factors;  // [n + half_y][m + half_x]

  TailOrders() = default;
  TailOrders(const SocsStack& stack, const SocsStack::Condition& condition, double period_x_nm, double period_y_nm) {
    if (condition.tail_weight == 0.0) return;
    const auto reach = [&](int half, double period_nm) {
      int order = 0;
      while (order < half && tail_factor(condition.tail_range_nm, (order + 1) / period_nm, 0.0) > 0.0) ++order;
      return order;
    };
    half_x = reach(stack.half_x, period_x_nm);
    half_y = reach(stack.half_y, period_y_nm);
    for (int n = -half_y; n <= half_y; ++n)
      for (int m = -half_x; m <= half_x; ++m)
        factors.push_back(static_cast<float>(condition.tail_weight *
                                             tail_factor(condition.tail_range_nm, m / period_x_nm, n / period_y_nm)));
  }
  // use(m, n, factor) for every order.
  template <class Use>
  void for_each(const Use& use) const {
    const float* factor = factors.data();
    for (int n = -half_y; n <= half_y; ++n)
      for (int m = -half_x; m <= half_x; ++m) use(m, n, *factor++);
  }
};

}  // namespace reticle
