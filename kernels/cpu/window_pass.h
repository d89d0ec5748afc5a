// SPDX-License-Identifier: Apache-2.0
// WindowPass: the objective over all pixels, and its derivative, from images' coefficients to coefficients
// (kernels/pixel/window_terms.h). Images exist piece by piece in the cache only.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "kernels/cpu/band_transform.h"
#include "kernels/pixel/process_window.h"

namespace reticle::cpu {

// Tables and scratch memory of one grid of pixels over the field and one band; one per thread. T: float or double.
template <class T>
class WindowPass {
 public:
  WindowPass(int rows, int cols, int half_x, int half_y, int conditions, Width width = widest());

  struct Sums {
    double fidelity = 0.0, band = 0.0;
  };
  // images: [condition] of what is compared with the threshold; each becomes its derivative in coefficients, as
  // BandTransform::analyze() of dL/dI. weight: of each pixel; no data: 1.
  Sums run(const pixel::ProcessWindow<T>& window, ImageView<const T> target, ImageView<const T> weight,
           std::span<Spectrum<T>> images);
  using Band = BandTransform<T>;
  // The same of a target and a weight by pieces.
  Sums run(const pixel::ProcessWindow<T>& window, const typename Band::ByPieces& target,
           const typename Band::ByPieces& weight, std::span<Spectrum<T>> images);

 private:
  using RowSums = std::array<T, 2 * k_lanes>;  // fidelity, band
  // target_of(piece): where its numbers are; so weight_of, or nullptr.
  template <class TargetOf, class WeightOf>
  Sums run_pieces(const pixel::ProcessWindow<T>& window, const TargetOf& target_of, const WeightOf& weight_of,
                  std::span<Spectrum<T>> images);
  void visit(WindowKind kind, const WindowPiece<T>& piece) const;

  int cols_;
  Band band_;
  struct Condition {
    typename Band::Columns image, derivative;
    typename Band::Pixels pixels;  // of one piece: the image, then its derivative
  };
  AlignedVector<Condition> conditions_;
  typename Band::Pixels target_, weight_;  // of one piece
  AlignedVector<RowSums> sums_;  // [row], in the order of the image's columns
};

}  // namespace reticle::cpu
