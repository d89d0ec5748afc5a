// The source-by-pupil matrix: each row is one coherent system of the imaging.
//
//   A[s, j, i](f) = sqrt(w_s w_j) (P(s + f) T(s + f) J_j)_i
//
// for source point s, Jones state j, field component i (and every depth and focus of the blur). The
// image is sum_rows |sum_f A(f) c(f) exp(2 pi i f.r)|^2: Abbe's formula row by row; TCC = A^H A, never
// formed. [Yamazoe 2008, JOSA A 25, 3111]
#pragma once

#include <complex>
#include <functional>
#include <span>
#include <vector>

#include "litho/optics/settings.h"

namespace reticle {

// Orders of the tile that some source point carries through the pupil.
struct OrderWindow {
  int half_x = 0;
  int half_y = 0;
  int rows() const { return 2 * half_y + 1; }
  int cols() const { return 2 * half_x + 1; }
  int size() const { return rows() * cols(); }
};

class CoherentRows {
 public:
  // Throws Error(bad_input) as validate() and sample_source() do. The settings must outlive this.
  CoherentRows(const OpticsSettings& settings, double focus_nm);

  const OrderWindow& window() const { return window_; }
  int count() const { return count_; }
  // Intensity of a clear mask before normalisation; rows are divided by its root.
  double clear_raw() const { return clear_raw_; }
  // Calls use(row) for every row: window().size() coefficients [n + half_y][m + half_x], normalised
  // such that a clear mask has intensity 1. Rows without any order are left out of count().
  void for_each(const std::function<void(std::span<const std::complex<double>>)>& use) const;

 private:
  struct Layer {  // one focus of the blur at one depth
    double defocus_nm, depth_nm, weight;
  };
  void raw_rows(const std::function<void(std::span<const std::complex<double>>)>& use) const;

  const OpticsSettings& settings_;
  OrderWindow window_;
  std::vector<Layer> layers_;
  int count_ = 0;
  double clear_raw_ = 0.0;
};

}  // namespace reticle
