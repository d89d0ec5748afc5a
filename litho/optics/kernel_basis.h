// SPDX-License-Identifier: Apache-2.0
// The coherent systems of one condition, strongest first: eigenvectors of the Gram matrix of the
// source-by-pupil matrix, sector by sector of the mirror symmetries.
//
//   G = sum_rows conj(A)^T A = V Lambda V^H;  sum_rows |A c|^2 = sum_k lambda_k |h_k c|^2, h_k = conj(v_k)
//
// The same as the singular value decomposition of A, whose longer side (the rows) never needs to be in
// memory. Small sectors are decomposed whole, in double. Of large ones the leading systems alone are found, by
// products with G or, where that is less work, with the rows themselves, in float where a hundredth of the error
// asked for allows it.
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "litho/optics/coherent_rows.h"
#include "litho/optics/eigensystem.h"
#include "litho/optics/mirror_sectors.h"
#include "litho/optics/sector_rows.h"
#include "litho/optics/settings.h"
#include "litho/optics/source.h"
#include "litho/optics/transmission_matrix.h"

namespace reticle {

class KernelBasis {
 public:
  enum class Solver { by_size, whole, leading };

  // `count`: kernels that will be wanted, as far as known; `error`: of the intensity, in clear fields, that
  // they need not be better than. Settings and source must outlive this.
  // `known`: the Gram matrix, where it has been made already, of this tile, source and focus; outlives this.
  // Throws Error(bad_input) as CoherentRows does.
  KernelBasis(const OpticsSettings& settings, std::span<const SourcePoint> source, double focus_nm, int count,
              double error, Solver solver = Solver::by_size, const TransmissionMatrix* known = nullptr);

  const OrderWindow& window() const { return window_; }
  // Eigenvalues, largest first, of the kernels that have been found; those below rounding are left out.
  std::span<const double> weights() const { return weights_; }
  int count() const { return static_cast<int>(weights_.size()); }
  // Whether these are all there are.
  bool complete() const { return complete_; }
  // Finds twice as many, if there are.
  void extend();
  // Kernel `index` of unit norm: [n + half_y][m + half_x].
  std::vector<std::complex<double>> kernel(int index) const;
  // Sum of all eigenvalues.
  double trace() const { return trace_; }
  // Standard deviation of the spread in space of the systems that are not among the first `count`, their energy
  // added up: from its decay over the first order in x and y.
  double spread_nm(int count) const;

 private:
  struct Block {
    OrderSector sector;
    Eigensystem systems{};
    const TransmissionMatrix::Sector* known = nullptr;
    bool complete = false;
    std::vector<std::complex<float>> gram{};  // upper triangle, where products go by it

    template <class T>
    const std::vector<std::complex<T>>& matrix() const;  // empty: there is none
  };
  struct Place {
    std::size_t block;
    int index;
  };
  void find(int count);
  void find_whole(const std::vector<Block*>& blocks);
  template <class T>
  void find_leading(const std::vector<Block*>& blocks, int count);
  bool matrix_is_less_work(const std::vector<Block*>& blocks, int count) const;
  void rank();
  void add_up_rows();
  template <class Number>
  void add_up(const OrderSector& sector, const std::vector<Number>& matrix);
  // Of a row that is zero but for these places.
  std::array<double, 2> first_order(std::span<const std::complex<double>> row, std::span<const int> places) const;

  CoherentRows rows_;
  OrderWindow window_;
  SourcePatches orbits_;
  std::vector<Block> blocks_;
  std::vector<double> weights_;
  std::vector<Place> places_;  // of kernel i
  double trace_ = 0.0, error_;
  double period_x_nm_, period_y_nm_;
  // sum_f A(f + 1) A(f)*, by x and y: of all rows, and of the first kernels
  std::array<double, 2> first_order_{};
  struct Held {
    double energy = 0.0;
    std::array<double, 2> first_order{};
  };
  std::vector<Held> held_;  // [count]
  Solver solver_;
  int per_block_ = 0;
  bool complete_ = false;
};

}  // namespace reticle
