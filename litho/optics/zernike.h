// SPDX-License-Identifier: Apache-2.0
// Fringe (University of Arizona) Zernike polynomials, unnormalised: largest value 1.
//
// Ordered by (n + |m|) / 2, then |m| falling, cosine before sine; the 37th is the (12, 0) term.
// Z2 = rho cos t, Z4 = 2 rho^2 - 1, Z5 = rho^2 cos 2t, Z9 = 6 rho^4 - 6 rho^2 + 1. [Wyant & Creath
// 1992, Applied Optics and Optical Engineering XI, table III]
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace reticle {

inline constexpr std::size_t k_fringe_zernikes = 37;

// Z = rho^m (cos m t | sin m t) times a polynomial in rho^2.
struct ZernikeOrder {
  int n = 0;
  int m = 0;  // |m|
  bool sine = false;
};

// Of fringe polynomial `index` (1..37). Throws Error(invalid_argument) for another index.
ZernikeOrder fringe_order(int index);

// Value of fringe polynomial `index` (1..37) at a point of the unit disc.
// Throws Error(invalid_argument) for another index.
double fringe_zernike(int index, double rho_x, double rho_y);

// A sum of fringe polynomials, gathered by angular order: sum_m Re[(x + i y)^m] p_m(rho^2) +
// Im[(x + i y)^m] q_m(rho^2).
class ZernikeSum {
 public:
  // weights[j] of polynomial j + 1; at most 37.
  explicit ZernikeSum(std::span<const double> weights);
  double at(double rho_x, double rho_y) const;

 private:
  static constexpr std::size_t k_orders = 6, k_powers = 7;  // m = 0..5; rho^0, rho^2 .. rho^12
  using Polynomial = std::array<double, k_powers>;
  std::array<Polynomial, k_orders> cosine_{}, sine_{};
  std::size_t highest_ = 0;  // angular order
  bool empty_ = true;
};

}  // namespace reticle
