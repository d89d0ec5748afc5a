// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/eigensystem.h"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "kernels/base/error.h"

namespace reticle {

namespace {

using Complex = std::complex<double>;
using Matrix = std::vector<Complex>;

constexpr int k_passes = 3;         // products with the matrix from a random start
constexpr int k_further_passes = 2;  // from vectors that were leading ones already

lapack_complex_double* lapack(Complex* values) { return reinterpret_cast<lapack_complex_double*>(values); }

void require(lapack_int info) {
  if (info != 0)
    throw Error(ErrorCode::unsupported, "the eigenvalues of the source-by-pupil matrix did not converge");
}

// Ascending; vectors[:, i] row-major. `matrix` [n][n] row-major, Hermitian.
std::vector<double> all_eigenvectors(Matrix& matrix, int n) {
  std::vector<double> values(static_cast<std::size_t>(n));
  // Read by columns the matrix is its conjugate: so are the vectors, which then lie in rows.
  require(LAPACKE_zheevd(LAPACK_COL_MAJOR, 'V', 'U', n, lapack(matrix.data()), n, values.data()));
  Matrix columns(matrix.size());
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      columns[static_cast<std::size_t>(j) * n + i] = std::conj(matrix[static_cast<std::size_t>(i) * n + j]);
  matrix = std::move(columns);
  return values;
}

// a^H b of [size][l] matrices: [l][l].
Matrix inner(const Matrix& a, const Matrix& b, int size, int l) {
  Matrix out(static_cast<std::size_t>(l) * l);
  const Complex one = 1.0, zero = 0.0;
  cblas_zgemm(CblasRowMajor, CblasConjTrans, CblasNoTrans, l, l, size, &one, a.data(), l, b.data(), l, &zero,
              out.data(), l);
  return out;
}

// a [size][l] times b [l][k].
Matrix times(const Matrix& a, const Matrix& b, int size, int l, int k) {
  Matrix out(static_cast<std::size_t>(size) * k);
  const Complex one = 1.0, zero = 0.0;
  cblas_zgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, k, l, &one, a.data(), l, b.data(), k, &zero,
              out.data(), k);
  return out;
}

// Columns of u / root(s) whose s is above the relative limit: those that make a matrix with Gram matrix u s u^H
// orthonormal.
Matrix whitening(const Matrix& u, const std::vector<double>& s, double limit, int& kept) {
  const int l = static_cast<int>(s.size());
  int first = 0;
  while (first < l && s[static_cast<std::size_t>(first)] <= limit * s.back()) ++first;
  kept = l - first;
  Matrix out(static_cast<std::size_t>(l) * kept);
  for (int row = 0; row < l; ++row)
    for (int i = 0; i < kept; ++i)
      out[static_cast<std::size_t>(row) * kept + i] =
          u[static_cast<std::size_t>(row) * l + first + i] / std::sqrt(s[static_cast<std::size_t>(first + i)]);
  return out;
}

// An orthonormal basis of the columns; l becomes their rank.
Matrix orthonormal(const Matrix& y, int size, int& l) {
  Matrix u = inner(y, y, size, l);
  const std::vector<double> s = all_eigenvectors(u, l);
  int kept = 0;
  const Matrix white = whitening(u, s, 1e-13, kept);
  Matrix q = times(y, white, size, l, kept);
  l = kept;
  return q;
}

template <class T>
Matrix applied(const MatrixProduct<T>& product, const Matrix& q, int l) {
  std::vector<std::complex<T>> from(q.begin(), q.end()), to(q.size());
  product(l, from, to);
  return {to.begin(), to.end()};
}

}  // namespace

Eigensystem eigenvectors_above(double least, const Matrix& upper, int size) {
  // Read by columns the upper triangle is the lower one of the conjugate matrix.
  const auto n = static_cast<std::size_t>(size);
  Matrix matrix = upper;
  std::vector<double> diagonal(n), beside(n);
  Matrix reflectors(n);
  require(LAPACKE_zhetrd(LAPACK_COL_MAJOR, 'L', size, lapack(matrix.data()), size, diagonal.data(), beside.data(),
                         lapack(reflectors.data())));
  // All of the tridiagonal matrix, which cost little; only those above `least` are turned back.
  std::vector<double> values(n);
  Matrix vectors(n * n);
  std::vector<lapack_int> support(2 * n);
  lapack_int count = 0;
  lapack_logical accurate = 1;
  require(LAPACKE_zstemr(LAPACK_COL_MAJOR, 'V', 'A', size, diagonal.data(), beside.data(), 0.0, 0.0, 0, 0, &count,
                         values.data(), lapack(vectors.data()), size, size, support.data(), &accurate));
  const auto first = static_cast<std::size_t>(std::upper_bound(values.begin(), values.end(), least) - values.begin());
  vectors.erase(vectors.begin(), vectors.begin() + static_cast<std::ptrdiff_t>(first * n));
  if (first < n)
    require(LAPACKE_zunmtr(LAPACK_COL_MAJOR, 'L', 'L', 'N', size, static_cast<lapack_int>(n - first),
                           lapack(matrix.data()), size, lapack(reflectors.data()), lapack(vectors.data()), size));
  Eigensystem found;
  for (std::size_t i = n; i-- > first;) {
    found.values.push_back(values[i]);
    const Complex* vector = vectors.data() + (i - first) * n;
    for (std::size_t j = 0; j < n; ++j) found.vectors.push_back(std::conj(vector[j]));
  }
  return found;
}

template <class T>
Eigensystem leading_eigenvectors(int size, int count, const MatrixProduct<T>& product, const Eigensystem& start) {
  int l = std::min(size, count);
  const int given = std::min(start.count(), l);
  Matrix y(static_cast<std::size_t>(size) * l);
  std::mt19937_64 generator(20110511);
  const auto random = [&] { return static_cast<double>(generator() >> 11) * 0x1p-52 - 1.0; };
  for (int row = 0; row < size; ++row)
    for (int i = 0; i < l; ++i)
      y[static_cast<std::size_t>(row) * l + i] =
          i < given ? start.vectors[static_cast<std::size_t>(i) * size + row]
                    : Complex(random(), random()) / std::sqrt(static_cast<double>(size));
  Matrix q = orthonormal(y, size, l);
  for (int pass = 1; pass < (given > 0 ? k_further_passes : k_passes); ++pass)
    q = orthonormal(applied<T>(product, q, l), size, l);
  // G ~ (G q) (q^H G q)^-1 (G q)^H = f f^H.
  y = applied<T>(product, q, l);
  Matrix u = inner(q, y, size, l);
  for (int i = 0; i < l; ++i)
    for (int j = i; j < l; ++j) {
      Complex& a = u[static_cast<std::size_t>(i) * l + j];
      Complex& b = u[static_cast<std::size_t>(j) * l + i];
      a = 0.5 * (a + std::conj(b));
      b = std::conj(a);
    }
  const std::vector<double> s = all_eigenvectors(u, l);
  int kept = 0;
  const Matrix white = whitening(u, s, sizeof(T) == sizeof(float) ? 1e-6 : 1e-13, kept);
  const Matrix f = times(y, white, size, l, kept);
  Matrix w = inner(f, f, size, kept);
  const std::vector<double> values = all_eigenvectors(w, kept);
  int ranked = 0;
  const Matrix turn = whitening(w, values, 1e-13, ranked);
  const Matrix vectors = times(f, turn, size, kept, ranked);
  Eigensystem found;
  for (int i = ranked; i-- > 0;) {
    found.values.push_back(values[static_cast<std::size_t>(kept - ranked + i)]);
    for (int row = 0; row < size; ++row) found.vectors.push_back(vectors[static_cast<std::size_t>(row) * ranked + i]);
  }
  return found;
}

template Eigensystem leading_eigenvectors<float>(int, int, const MatrixProduct<float>&, const Eigensystem&);
template Eigensystem leading_eigenvectors<double>(int, int, const MatrixProduct<double>&, const Eigensystem&);

}  // namespace reticle
