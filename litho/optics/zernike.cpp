// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/zernike.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "kernels/base/error.h"

namespace reticle {

namespace {

constexpr std::array<ZernikeOrder, k_fringe_zernikes> fringe_orders() {
  std::array<ZernikeOrder, k_fringe_zernikes> orders{};
  std::size_t i = 0;
  for (int half_sum = 0; half_sum <= 5; ++half_sum)
    for (int m = half_sum; m >= 0; --m) {
      const int n = 2 * half_sum - m;
      orders[i++] = {n, m, false};
      if (m > 0) orders[i++] = {n, m, true};
    }
  orders[i] = {12, 0, false};
  return orders;
}

double factorial(int k) {
  double product = 1.0;
  for (int i = 2; i <= k; ++i) product *= i;
  return product;
}

// Coefficient of rho^(n - 2s) in R_n^m: (-1)^s (n - s)! / (s! ((n+m)/2 - s)! ((n-m)/2 - s)!)
double radial_coefficient(const ZernikeOrder& order, int s) {
  const double size = factorial(order.n - s) /
                      (factorial(s) * factorial((order.n + order.m) / 2 - s) *
                       factorial((order.n - order.m) / 2 - s));
  return s % 2 == 0 ? size : -size;
}

}  // namespace

ZernikeOrder fringe_order(int index) {
  static constexpr auto k_all_orders = fringe_orders();
  if (index < 1 || index > static_cast<int>(k_fringe_zernikes))
    throw Error(ErrorCode::invalid_argument,
                "fringe Zernike index " + std::to_string(index) + "; allowed is 1 to 37");
  return k_all_orders[static_cast<std::size_t>(index - 1)];
}

double fringe_zernike(int index, double rho_x, double rho_y) {
  const ZernikeOrder order = fringe_order(index);
  const double rho = std::hypot(rho_x, rho_y), theta = std::atan2(rho_y, rho_x);
  double radial = 0.0;
  for (int s = 0; s <= (order.n - order.m) / 2; ++s)
    radial += radial_coefficient(order, s) * std::pow(rho, order.n - 2 * s);
  return radial * (order.sine ? std::sin(order.m * theta) : std::cos(order.m * theta));
}

ZernikeSum::ZernikeSum(std::span<const double> weights) {
  for (std::size_t j = 0; j < weights.size(); ++j) {
    if (weights[j] == 0.0) continue;
    const ZernikeOrder order = fringe_order(static_cast<int>(j) + 1);
    const auto m = static_cast<std::size_t>(order.m);
    Polynomial& polynomial = (order.sine ? sine_ : cosine_)[m];
    for (int s = 0; s <= (order.n - order.m) / 2; ++s)
      polynomial[static_cast<std::size_t>((order.n - order.m) / 2 - s)] +=
          weights[j] * radial_coefficient(order, s);
    highest_ = std::max(highest_, m);
    empty_ = false;
  }
}

double ZernikeSum::at(double rho_x, double rho_y) const {
  if (empty_) return 0.0;
  const double rho2 = rho_x * rho_x + rho_y * rho_y;
  const auto value = [&](const Polynomial& polynomial) {
    double sum = 0.0;
    for (std::size_t i = k_powers; i-- > 0;) sum = sum * rho2 + polynomial[i];
    return sum;
  };
  double sum = 0.0, real = 1.0, imaginary = 0.0;  // of (x + i y)^m
  for (std::size_t m = 0; m <= highest_; ++m) {
    sum += real * value(cosine_[m]) + imaginary * value(sine_[m]);
    const double next = real * rho_x - imaginary * rho_y;
    imaginary = real * rho_y + imaginary * rho_x;
    real = next;
  }
  return sum;
}

}  // namespace reticle
