// Fringe (University of Arizona) Zernike polynomials, unnormalised: largest value 1.
//
// Ordered by (n + |m|) / 2, then |m| falling, cosine before sine; the 37th is the (12, 0) term.
// Z2 = rho cos t, Z4 = 2 rho^2 - 1, Z5 = rho^2 cos 2t, Z9 = 6 rho^4 - 6 rho^2 + 1. [Wyant & Creath
// 1992, Applied Optics and Optical Engineering XI, table III]
#pragma once

#include <cstddef>

namespace reticle {

inline constexpr std::size_t k_fringe_zernikes = 37;

// Value of fringe polynomial `index` (1..37) at a point of the unit disc.
// Throws Error(invalid_argument) for another index.
double fringe_zernike(int index, double rho_x, double rho_y);

}  // namespace reticle
