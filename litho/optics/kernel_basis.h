// The coherent systems of one condition, strongest first: eigenvectors of the Gram matrix of the
// source-by-pupil matrix, sector by sector of the mirror symmetries.
//
//   G = sum_rows conj(A)^T A = V Lambda V^H;  sum_rows |A c|^2 = sum_k lambda_k |h_k c|^2, h_k = conj(v_k)
//
// The same as the singular value decomposition of A, whose longer side (the rows) never needs to be in
// memory. G is formed in double: eigenvalues are right to 1e-15 of the largest one.
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "kernels/base/spectrum.h"
#include "litho/optics/coherent_rows.h"
#include "litho/optics/mirror_sectors.h"
#include "litho/optics/settings.h"
#include "litho/optics/source.h"

namespace reticle {

class KernelBasis {
 public:
  // Throws Error(bad_input) as CoherentRows does, and Error(unsupported) if the tile has more orders
  // than fit a dense eigenproblem.
  KernelBasis(const OpticsSettings& settings, std::span<const SourcePoint> source, double focus_nm,
              double least_weight = 0.0);

  const OrderWindow& window() const { return window_; }
  // Eigenvalues, largest first; those below least_weight() or rounding are left out.
  std::span<const double> weights() const { return weights_; }
  double least_weight() const { return least_weight_; }
  // Takes in the eigenvalues down to another limit.
  void decompose(double least_weight);
  // Kernel `index` of unit norm: [n + half_y][m + half_x].
  std::vector<std::complex<double>> kernel(int index) const;
  // Sum of all eigenvalues, from the diagonal of G.
  double trace() const { return trace_; }
  // Image of a mask spectrum by the matrix itself, without kernels: coefficients of sum_rows |A c|^2.
  Spectrum<double> intensity(const Spectrum<double>& mask) const;

 private:
  struct Block {
    OrderSector sector;
    std::vector<std::complex<double>> matrix;   // upper triangle of G, row-major
    std::vector<std::complex<double>> vectors;  // [index][component] of h, strongest last
  };
  struct Place {
    std::size_t block, index;
  };
  void add_rows(const CoherentRows& rows, std::span<const SourcePoint> source);

  OrderWindow window_;
  std::vector<Block> blocks_;
  std::vector<double> weights_;
  std::vector<Place> places_;  // of kernel i
  double trace_ = 0.0, least_weight_ = 0.0;
};

}  // namespace reticle
