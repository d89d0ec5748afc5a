// SPDX-License-Identifier: Apache-2.0
// The source-by-pupil matrix: each row is one coherent system of the imaging.
//
//   A[s, j, i](f) = sqrt(w_s w_j) (P(s + f) T(s + f) J_j)_i
//
// for source point s, Jones state j, field component i (and every depth and focus of the blur). The
// image is sum_rows |sum_f A(f) c(f) exp(2 pi i f.r)|^2: Abbe's formula row by row; TCC = A^H A.
// Rows are made when they are asked for and never kept. [Yamazoe 2008, JOSA A 25, 3111]
#pragma once

#include <array>
#include <complex>
#include <functional>
#include <span>
#include <vector>

#include "litho/optics/projection.h"
#include "litho/optics/settings.h"
#include "litho/optics/source.h"

namespace reticle {

// Orders of the tile that some source point carries through the pupil.
struct OrderWindow {
  int half_x = 0;
  int half_y = 0;
  int rows() const { return 2 * half_y + 1; }
  int cols() const { return 2 * half_x + 1; }
  int size() const { return rows() * cols(); }
};
OrderWindow order_window(const OpticsSettings& settings, std::span<const SourcePoint> source);

// Intensity of a clear mask in the medium without films: what images are divided by. Only the zero
// order of source points inside the pupil counts. Throws Error(bad_input) if there is none.
double clear_field(const OpticsSettings& settings, std::span<const SourcePoint> source);
// One point's part of it per unit of its weight; 0 outside the pupil.
double clear_intensity(const OpticsSettings& settings, const SourcePoint& point);

class CoherentRows {
 public:
  // window().size() coefficients [n + half_y][m + half_x]
  using Use = std::function<void(std::span<const std::complex<double>>)>;
  // Places of the orders that pass, rising, in such a row, and the coefficients there.
  using UsePassed = std::function<void(std::span<const int>, std::span<const std::complex<double>>)>;

  // Settings that validate() accepts; they and the source must outlive this. Throws Error(bad_input)
  // as clear_field() does.
  CoherentRows(const OpticsSettings& settings, std::span<const SourcePoint> source, double focus_nm);

  const OrderWindow& window() const { return window_; }
  // Calls use(row) for every row of one source point, normalised such that a clear mask has intensity
  // 1 under the whole source. Rows without any order are left out.
  void rows_of(const SourcePoint& point, const Use& use) const;
  void passed_rows_of(const SourcePoint& point, const UsePassed& use) const;
  // How many, and how many orders they carry.
  int count_of(const SourcePoint& point) const;
  int orders_of(const SourcePoint& point) const;
  // The same for the whole source.
  void for_each(const Use& use) const;

 private:
  struct Focus {  // of the blur
    double offset_nm;
    double weight;
  };
  struct Passed {
    std::vector<int> places;
    std::vector<std::array<double, 2>> pupil;
  };
  Passed passed(const SourcePoint& point) const;

  const OpticsSettings& settings_;
  std::span<const SourcePoint> source_;
  OrderWindow window_;
  std::vector<Projection> depths_;  // in focus
  std::vector<Focus> focuses_;
  double scale_ = 1.0;
};

}  // namespace reticle
