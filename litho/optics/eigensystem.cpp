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
void apply(const MatrixProducts<T>& products, const std::vector<int>& l, std::vector<Matrix>& q) {
  std::vector<std::vector<std::complex<T>>> from, to;
  for (const Matrix& vectors : q) {
    from.emplace_back(vectors.begin(), vectors.end());
    to.emplace_back(vectors.size());
  }
  products(l, from, to);
  for (std::size_t i = 0; i < q.size(); ++i) q[i].assign(to[i].begin(), to[i].end());
}

Matrix start_vectors(const LeadingWanted& wanted, int l) {
  const int given = wanted.start == nullptr ? 0 : std::min(wanted.start->count(), l);
  const auto size = static_cast<std::size_t>(wanted.size);
  Matrix y(size * static_cast<std::size_t>(l));
  std::mt19937_64 generator(20110511);
  const auto random = [&] { return static_cast<double>(generator() >> 11) * 0x1p-52 - 1.0; };
  for (std::size_t row = 0; row < size; ++row)
    for (int i = 0; i < l; ++i)
      y[row * static_cast<std::size_t>(l) + static_cast<std::size_t>(i)] =
          i < given ? wanted.start->vectors[static_cast<std::size_t>(i) * size + row]
                    : Complex(random(), random()) / std::sqrt(static_cast<double>(size));
  return y;
}

// G ~ y (q^H y)^-1 y^H = f f^H with y = G q.
Eigensystem nystroem(const Matrix& q, const Matrix& y, int size, int l, double limit) {
  if (l == 0) return {};
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
  const Matrix white = whitening(u, s, limit, kept);
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
std::vector<Eigensystem> leading_eigenvectors(std::span<const LeadingWanted> wanted, const MatrixProducts<T>& products) {
  std::vector<int> l;
  std::vector<Matrix> q;
  bool all_given = true;
  for (const LeadingWanted& one : wanted) {
    l.push_back(std::min(one.size, one.count));
    all_given = all_given && one.start != nullptr && one.start->count() > 0;
    q.push_back(start_vectors(one, l.back()));
  }
  const auto orthonormalize = [&] {
    for (std::size_t i = 0; i < q.size(); ++i)
      if (l[i] > 0) q[i] = orthonormal(q[i], wanted[i].size, l[i]);
  };
  orthonormalize();
  for (int pass = 1; pass < (all_given ? k_further_passes : k_passes); ++pass) {
    apply<T>(products, l, q);
    orthonormalize();
  }
  std::vector<Matrix> y = q;
  apply<T>(products, l, y);
  std::vector<Eigensystem> found;
  for (std::size_t i = 0; i < q.size(); ++i)
    found.push_back(nystroem(q[i], y[i], wanted[i].size, l[i], sizeof(T) == sizeof(float) ? 1e-6 : 1e-13));
  return found;
}

template std::vector<Eigensystem> leading_eigenvectors<float>(std::span<const LeadingWanted>, const MatrixProducts<float>&);
template std::vector<Eigensystem> leading_eigenvectors<double>(std::span<const LeadingWanted>, const MatrixProducts<double>&);

}  // namespace reticle
