// SPDX-License-Identifier: Apache-2.0
// The tail of a condition on the orders of a period: what is added to an image's coefficients for each of the mask's
// power,
//
//   sum_t weight_t exp(-2 pi^2 s_t^2 f^2),  s_t = range_nm of term t
//
// Of a wide term few orders count: beyond them it is below a millionth of its weight.
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
    if (condition.tail.empty()) return;
    double narrowest_nm = condition.tail[0].range_nm;
    for (const TailTerm& term : condition.tail) narrowest_nm = std::min(narrowest_nm, term.range_nm);
    const auto reach = [&](int half, double period_nm) {
      int order = 0;
      while (order < half && tail_factor(narrowest_nm, (order + 1) / period_nm, 0.0) > 0.0) ++order;
      return order;
    };
    half_x = reach(stack.half_x, period_x_nm);
    half_y = reach(stack.half_y, period_y_nm);
    for (int n = -half_y; n <= half_y; ++n)
      for (int m = -half_x; m <= half_x; ++m) {
        double factor = 0.0;
        for (const TailTerm& term : condition.tail)
          factor += term.weight * tail_factor(term.range_nm, m / period_x_nm, n / period_y_nm);
        factors.push_back(static_cast<float>(factor));
      }
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
