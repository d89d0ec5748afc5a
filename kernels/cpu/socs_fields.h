// SPDX-License-Identifier: Apache-2.0
// SocsFields: the fields of all coherent systems, their intensity, and its adjoint.
//
//   I(r) = sum_k |E_k(r)|^2,  E_k(r) = sum_mn H_k(m, n) c(m, n) exp(2 pi i (m x / px + n y / py))
//
// evaluated on the field grid, the coarsest that holds the intensity's band (orders -2h..2h) without
// aliasing: at least 4h + 1 points a side. Nothing is approximated.
#pragma once

#include <vector>

#include "kernels/base/image.h"
#include "kernels/base/spectrum.h"
#include "kernels/cpu/aligned.h"
#include "kernels/cpu/band_fft.h"
#include "kernels/cpu/wide.h"
#include "kernels/engine/socs_stack.h"

namespace reticle::cpu {

// Holds kernels, plans and fields of one mask; one per thread.
template <class T>
class SocsFields {
 public:
  // Throws Error(invalid_argument) if the stack's arrays do not have their stated size.
  explicit SocsFields(const SocsStack& stack, Width width = widest());

  int conditions() const { return static_cast<int>(conditions_.size()); }
  int half_x() const { return half_x_; }
  int half_y() const { return half_y_; }
  int field_rows() const { return fft_y_.length(); }
  int field_cols() const { return fft_x_.length(); }

  // intensity[field_rows, field_cols]: point (i, j) lies at x = j px / cols, y = i py / rows.
  // The fields stay here for the adjoint.
  void intensity(const Spectrum<T>& mask, int condition, ImageView<T> intensity);

  // The intensity's first change when the mask's coefficients of the fields last computed change by
  // d_mask: sum_k 2 Re conj(E_k) dE_k on the field grid. The fields stay.
  void derivative(const Spectrum<T>& d_mask, int condition, ImageView<T> d_intensity);

  // Given d_intensity = dL/dI on the field grid for the fields last computed, adds
  // dL/dRe c + i dL/dIm c to gradient.
  void add_adjoint(int condition, ImageView<const T> d_intensity, Spectrum<T>& gradient);

 private:
  using Complex = ComplexLanes<T>;
  struct Condition {
    int groups = 0;                  // of k_lanes kernels
    AlignedVector<Complex> kernels;  // [group][n][m]
    AlignedVector<Complex> fields;   // [group][x][y]
  };
  SocsArrays<T> arrays(Condition& own);
  // A group's coefficients along x, for all orders in y: into rows_.
  void transform_rows(const SocsArrays<T>& own, int group, const Spectrum<T>& mask);
  // From points_.
  void copy_points(ImageView<T> image) const;

  Width width_;
  int half_x_, half_y_;
  BandFft<T> fft_x_, fft_y_;
  std::vector<Condition> conditions_;
  AlignedVector<Complex> rows_;     // [n][pitch of x], of one group: between the two transforms
  AlignedVector<Lanes<T>> column_;  // [y] of a column's squares, or of their derivative
  AlignedVector<T> points_;         // [x][y] of the intensity, or of its derivative
  AlignedVector<Lanes<T>> sums_;    // [n][m] {re, im} of the adjoint
};

}  // namespace reticle::cpu
