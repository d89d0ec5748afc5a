// SPDX-License-Identifier: Apache-2.0
// The coherent systems of one condition, strongest first: eigenvectors of the Gram matrix of the
// source-by-pupil matrix, sector by sector of the mirror symmetries.
//
//   G = sum_rows conj(A)^T A = V Lambda V^H;  sum_rows |A c|^2 = sum_k lambda_k |h_k c|^2, h_k = conj(v_k)
//
// With orders as_in_layouts it is the Gram matrix of A S that is decomposed, and h_k = S^-1 conj(v_k): the diagonal S^2 is the
// power that a layout's orders are expected to have, so that few systems serve what masks are made of; lines, above all,
// whose orders lie on the axes and whose errors add up along their length.
//
// The same as the singular value decomposition of A, whose longer side (the rows) never needs to be in
// memory. Small sectors are decomposed whole, in double. Of large ones the leading systems alone are found, by
// products with G or, where that is less work, with the rows themselves, in float where a hundredth of the error
// asked for allows it.
#pragma once

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
  enum class Orders { alike, as_in_layouts };

  // `count`: kernels that will be wanted, as far as known; `error`: of the intensity, in clear fields, that
  // they need not be better than. Settings and source must outlive this.
  // `known`: the Gram matrix, where it has been made already, of this tile, source and focus; outlives this.
  // Throws Error(bad_input) as CoherentRows does.
  KernelBasis(const OpticsSettings& settings, std::span<const SourcePoint> source, double focus_nm, int count,
              double error, Orders orders = Orders::alike, Solver solver = Solver::by_size,
              const TransmissionMatrix* known = nullptr);

  const OrderWindow& window() const { return window_; }
  // Of the kernels that have been found, those that matter most first, by the eigenvalues; those below rounding are left out.
  // Of alike orders the weights are the eigenvalues.
  std::span<const double> weights() const { return weights_; }
  int count() const { return static_cast<int>(weights_.size()); }
  // Whether these are all there are.
  bool complete() const { return complete_; }
  // Finds twice as many, if there are.
  void extend();
  // Kernel `index` of unit norm: [n + half_y][m + half_x].
  std::vector<std::complex<double>> kernel(int index) const;
  // Of G: the sum of all kernels' weights.
  double trace() const { return trace_; }
  // The most that kernels after the first `count` add to the intensity of a mask of transmission 1 at most, clear fields.
  double bound_after(int count) const;

 private:
  struct Block {
    OrderSector sector;
    Eigensystem systems{};
    const TransmissionMatrix::Sector* known = nullptr;
    bool complete = false;
    std::vector<std::complex<float>> gram{};  // upper triangle, where products go by it

    template <class T>
    const std::vector<std::complex<T>>& matrix() const;  // empty: there is none
    const std::complex<double>* vector(int index) const {
      return systems.vectors.data() + static_cast<std::size_t>(index) * static_cast<std::size_t>(sector.size());
    }
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
  // Root of the expected power of a sector's component, of the largest at most 1.
  double scale(const Block& block, int component) const {
    return scales_[static_cast<std::size_t>(block.sector[component].orders[0])];
  }

  CoherentRows rows_;
  OrderWindow window_;
  SourcePatches orbits_;
  std::vector<Block> blocks_;
  std::vector<double> scales_;  // [order], alike where mirrors make orders alike
  std::vector<double> eigenvalues_, weights_;
  std::vector<Place> places_;  // of kernel i
  double trace_ = 0.0, error_;
  Solver solver_;
  int per_block_ = 0;
  bool complete_ = false;
};

}  // namespace reticle
