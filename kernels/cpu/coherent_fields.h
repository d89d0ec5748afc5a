// SPDX-License-Identifier: Apache-2.0
// CoherentFields: up to k_lanes coherent systems at once, each with its own window of orders and weight.
//
//   E_l(r) = sum_f A_l(f) c(f + centre_l) exp(2 pi i f.r),  |f_x| <= half_x, |f_y| <= half_y
//   I(r)   = sum_l w_l |E_l(r)|^2
//
// A window about the system's own centre holds its pupil and nothing else, so the field grid is as coarse
// as the image's band allows; moving the window turns the phase of the field and leaves |E|^2 alone. Fields
// are kept for one mask, for what the adjoints ask of them.
#pragma once

#include <array>
#include <complex>
#include <span>

#include "kernels/base/image.h"
#include "kernels/base/spectrum.h"
#include "kernels/cpu/aligned.h"
#include "kernels/cpu/lane_fft.h"

namespace reticle::cpu {

// Plans and memory of one group; one per thread.
template <class T>
class CoherentFields {
 public:
  CoherentFields(int half_x, int half_y);

  int half_x() const { return half_x_; }
  int half_y() const { return half_y_; }
  int field_rows() const { return fft_y_.length(); }
  int field_cols() const { return fft_x_.length(); }

  // Takes all systems out.
  void clear();
  // A(f) as [n + half_y][m + half_x].
  void set(int lane, std::span<const std::complex<double>> system, int centre_x, int centre_y);

  // The fields of a mask, which may have any half widths: orders it lacks are zero.
  void propagate(const Spectrum<T>& mask);
  // sum += the intensity of those fields, on the field grid.
  void add_intensity(const std::array<T, k_lanes>& weights, ImageView<T> sum) const;
  // sum_r g(r) |E_l(r)|^2, g on the field grid.
  std::array<double, k_lanes> inner_products(ImageView<const T> g) const;

  // u_l(f) = sum_r g(r) E_l(r) exp(-2 pi i f.r), kept until the next call.
  void back_propagate(ImageView<const T> g);
  // dL/dRe c + i dL/dIm c = 2 sum_l w_l conj(A_l) u_l added to the gradient, for g = dL/dI.
  void add_mask_gradient(const std::array<T, k_lanes>& weights, Spectrum<T>& gradient) const;
  // turns[n + half_y][m + half_x] = dL/dtheta(f) of one system for A -> A exp(i theta), at weight 1.
  void phase_gradient(int lane, const Spectrum<T>& mask, std::span<double> turns) const;

 private:
  using Complex = ComplexLanes<T>;
  int cols() const { return 2 * half_x_ + 1; }
  int rows() const { return 2 * half_y_ + 1; }

  int half_x_, half_y_;
  LaneFft<T> fft_x_, fft_y_;
  std::array<int, k_lanes> centre_x_{}, centre_y_{};
  AlignedVector<Complex> systems_;  // [n][m]
  AlignedVector<Complex> fields_;   // [x][y]
  AlignedVector<Complex> back_;     // [n][m]
  AlignedVector<Complex> rows_;     // [n][x]
  AlignedVector<Complex> line_, scratch_;
};

}  // namespace reticle::cpu
