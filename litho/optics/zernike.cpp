#include "litho/optics/zernike.h"

#include <array>
#include <cmath>
#include <string>

#include "kernels/base/error.h"

namespace reticle {

namespace {

struct Order {
  int n = 0;
  int m = 0;        // |m|
  bool sine = false;
};

constexpr std::array<Order, k_fringe_zernikes> fringe_orders() {
  std::array<Order, k_fringe_zernikes> orders{};
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

// R_n^m(rho) = sum_s (-1)^s (n - s)! / (s! ((n+m)/2 - s)! ((n-m)/2 - s)!) rho^(n - 2s)
double radial(int n, int m, double rho) {
  double sum = 0.0;
  for (int s = 0; s <= (n - m) / 2; ++s) {
    const double coefficient = factorial(n - s) / (factorial(s) * factorial((n + m) / 2 - s) *
                                                   factorial((n - m) / 2 - s));
    sum += (s % 2 == 0 ? coefficient : -coefficient) * std::pow(rho, n - 2 * s);
  }
  return sum;
}

}  // namespace

double fringe_zernike(int index, double rho_x, double rho_y) {
  static constexpr auto k_orders = fringe_orders();
  if (index < 1 || index > static_cast<int>(k_fringe_zernikes))
    throw Error(ErrorCode::invalid_argument,
                "fringe Zernike index " + std::to_string(index) + "; allowed is 1 to 37");
  const Order order = k_orders[static_cast<std::size_t>(index - 1)];
  const double theta = std::atan2(rho_y, rho_x);
  const double angular = order.sine ? std::sin(order.m * theta) : std::cos(order.m * theta);
  return radial(order.n, order.m, std::hypot(rho_x, rho_y)) * angular;
}

}  // namespace reticle
