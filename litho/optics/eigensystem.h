// SPDX-License-Identifier: Apache-2.0
// Eigenvectors of Hermitian matrices: all of a small one, the leading ones of a large one that is only applied.
#pragma once

#include <complex>
#include <functional>
#include <span>
#include <vector>

namespace reticle {

struct Eigensystem {
  std::vector<double> values;                  // largest first
  std::vector<std::complex<double>> vectors;   // [index][component]

  int count() const { return static_cast<int>(values.size()); }
};

// Those with values above `least` of a matrix given by its upper triangle, row-major: reduced to a tridiagonal
// matrix, whose eigenvectors come one by one [Dhillon & Parlett 2004, Lin. Alg. Appl. 387].
// Throws Error(unsupported) if they do not converge.
Eigensystem eigenvectors_above(double least, const std::vector<std::complex<double>>& matrix, int size);

// Of several matrices at once, so that what makes them need be gone through once a product.
struct LeadingWanted {
  int size = 0;
  int count = 0;
  const Eigensystem* start = nullptr;  // or null
};

// to[i] = matrix_i from[i], both [size][columns[i]].
template <class T>
using MatrixProducts =
    std::function<void(std::span<const int> columns, const std::vector<std::vector<std::complex<T>>>& from,
                       std::vector<std::vector<std::complex<T>>>& to)>;

// About `count` leading eigenvectors of positive semidefinite matrices by subspace iteration and a Nystroem
// approximation, which never exceeds the matrix, from the vectors of `start` and pseudo-random ones, always the
// same. The last quarter of them is only nearly converged. [Halko, Martinsson & Tropp 2011, SIAM Rev. 53;
// Tropp et al. 2017, SIAM J. Matrix Anal. 38]
template <class T>
std::vector<Eigensystem> leading_eigenvectors(std::span<const LeadingWanted> wanted, const MatrixProducts<T>& products);

}  // namespace reticle
