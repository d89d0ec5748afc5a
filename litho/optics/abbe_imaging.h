// SPDX-License-Identifier: Apache-2.0
// AbbeImaging: images source point by source point, and their gradient in source, pupil and mask.
//
//   I(r) = sum_s w_s sum_rows |E|^2 / C,   C = sum_s w_s q_s   (clear field = 1)
//   dL/dw_s = L_s - q_s / C sum_s' w_s' L_s',   L_s = sum_r dL/dI(r) I_s(r),  I_s the image by point s alone
//   dP/dz_j = 2 pi i Z_j(rho) P,   dP/dd = 2 pi i / lambda sqrt(n^2 - NA^2 rho^2) P
//
// The pupil's derivatives turn phases only and leave C alone. [Granik 2004, J. Microlith. 3, 509; Peng et al.
// 2011, IEEE Trans. Image Process. 20, 2856]
#pragma once

#include <array>
#include <span>
#include <vector>

#include "kernels/base/spectrum.h"
#include "litho/optics/coherent_rows.h"
#include "litho/optics/settings.h"
#include "litho/optics/source.h"
#include "litho/optics/zernike.h"

namespace reticle {

// Which gradients are worth their time: the source's costs the fields once more, the others twice.
struct AbbeWanted {
  bool source = true;
  bool pupil = true;  // Zernikes and focus
  bool masks = true;
};

// Of L, a function of the images; empty or zero where not wanted.
template <class T>
struct AbbeGradient {
  std::vector<double> weights;                             // [point] dL/dw
  std::array<double, k_fringe_zernikes> zernikes_waves{};  // [j - 1]
  double focus_nm = 0.0;
  std::vector<Spectrum<T>> masks;                          // dL/dRe c + i dL/dIm c
};

// Every pixel of a freeform map inside the largest pupil circle, dark ones too, in the map's order, with
// its value as weight. Throws Error(bad_input) for another shape and Error(unsupported) for a blurred map.
struct MapPoints {
  std::vector<SourcePoint> points;
  std::vector<int> pixels;  // [point] place in the map's storage
};
MapPoints points_of_map(const OpticsSettings& settings);

// Settings that validate() accepts. Weights of the points need not sum to 1. T: float, or double for
// reference. Not thread-safe: one per thread.
template <class T>
class AbbeImaging {
 public:
  AbbeImaging(OpticsSettings settings, std::vector<SourcePoint> points, double focus_nm);

  // Orders that a mask spectrum needs.
  int half_x() const { return window_.half_x; }
  int half_y() const { return window_.half_y; }
  // Of the images' coefficients: all orders that the optics can give.
  int image_half_x() const { return 2 * pupil_x_; }
  int image_half_y() const { return 2 * pupil_y_; }
  std::span<const SourcePoint> points() const { return points_; }

  // Coefficients of the aerial images of mask spectra, with stage blur and flare, dose 1. Throws
  // Error(invalid_argument) for spectra of other half widths.
  std::vector<Spectrum<T>> intensity(std::span<const Spectrum<T>> masks) const;
  // Given dL/dRe I(f) + i dL/dIm I(f) of the coefficients of each image.
  AbbeGradient<T> gradient(std::span<const Spectrum<T>> masks, std::span<const Spectrum<T>> d_intensity,
                           const AbbeWanted& wanted = {}) const;

 private:
  class Groups;
  void check(std::span<const Spectrum<T>> masks) const;
  Image<T> on_field(Spectrum<T> d_intensity, int rows, int cols) const;

  OpticsSettings settings_;
  std::vector<SourcePoint> points_;
  OrderWindow window_;
  double focus_nm_;
  double step_x_, step_y_;  // between orders, in pupil coordinates
  int pupil_x_, pupil_y_;   // orders about the centre of a point's pupil
};

}  // namespace reticle
