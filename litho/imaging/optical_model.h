// SPDX-License-Identifier: Apache-2.0
// OpticalModel: SOCS kernels for one period and one or more process conditions, with the resist.
//
//   I(x, y) = dose^2 * sum_k w_k | sum_mn H_k(m, n) c(m, n) exp(2 pi i (m x / px + n y / py)) |^2
//
// c are the mask's Fourier coefficients (kernels/base/spectrum.h). [Cobb 1998; Hopkins 1953]
#pragma once

#include <complex>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/engine/socs_stack.h"
#include "litho/imaging/mask_model.h"
#include "litho/imaging/print_level.h"

namespace reticle {

// The coherent systems of one focus condition.
struct SocsKernels {
  std::string name;       // of the condition, e.g. "focus", "defocus"
  double focus_nm = 0.0;  // z of the image plane minus best focus, in the immersion medium
  int half_x = 0;         // orders -half_x .. +half_x
  int half_y = 0;
  // [kernel][n + half_y][m + half_x]
  std::vector<std::complex<double>> coefficients;
  std::vector<double> weights;  // [kernel], >= 0, largest first
  // For the kernels left out: the mask's transmission |t|^2, blurred by Gaussians, times their weights.
  std::vector<TailTerm> tail;

  int count() const { return static_cast<int>(weights.size()); }
  int rows() const { return 2 * half_y + 1; }
  int cols() const { return 2 * half_x + 1; }
  const std::complex<double>* kernel(int k) const {
    return coefficients.data() + static_cast<std::ptrdiff_t>(k) * rows() * cols();
  }
};

// How the aerial image I becomes a contour: the resist is exposed where
//
//   R = G(diffusion_nm) I + density G(density_range_nm) I + slope_nm |grad G(diffusion_nm) I|
//
// reaches the threshold; G(s) is convolution with a Gaussian of standard deviation s. The first term
// alone is a diffused aerial image; the others make a compact model, fitted to measured widths.
// [Brunner & Ferguson 1996, Proc. SPIE 2726, 198]
struct ResistModel {
  double threshold = 0.225;   // fraction of clear field (or the imported model's own unit)
  double diffusion_nm = 0.0;
  double slope_nm = 0.0;
  double density = 0.0;
  double density_range_nm = 0.0;
  PrintTone tone = PrintTone::exposed;  // where the drawn feature is to be

  PrintLevel level() const { return {threshold, tone}; }
};

// How far approximations of the model move printed edges of calibration clips (litho/optics/calibration.h), root mean square
// over the worst quarter of a clip and condition, in nm; negative: not known. Those of kernels left out have a margin for
// clips that no model has seen (litho/optics/truncation.h).
struct EdgeErrors {
  double truncation_nm = -1.0;  // kernels left out
  double largest_nm = -1.0;     // of all edges, by these
  double source_nm = -1.0;      // source as points
  double precision_nm = -1.0;   // sums in float
  double pixels_nm = -1.0;      // mask as pixels of:
  double mask_pixel_nm = 0.0;
};

// Immutable once built; shared by const reference.
struct OpticalModel {
  double period_x_nm = 0.0;
  double period_y_nm = 0.0;
  double wavelength_nm = 0.0;  // 0: not known (imported kernels)
  double na = 0.0;             // 0: not known
  double stage_blur_nm = 0.0;  // standard deviation of image motion, part of the aerial image
  double flare = 0.0;          // constant part of stray light, 0..1
  MaskModel mask;
  ResistModel resist;
  std::vector<SocsKernels> conditions;  // first = nominal focus
  // Largest intensity error against the exact (Abbe) image, fraction of clear field: measured on the
  // calibration pattern, and its rigorous bound. Negative: not known.
  double truncation_error = -1.0;
  double truncation_bound = -1.0;
  EdgeErrors edge_errors;
  std::string provenance;    // who made it, from what
  std::string recipe;        // TOML text it was built from; empty for imported kernels

  // Throws Error(bad_input) naming the conditions the model does hold.
  const SocsKernels& condition(std::string_view name) const;
};

// Throws Error(bad_input), naming the condition and value, unless every array has its stated size,
// every number is finite, weights are not negative, period and threshold are positive.
void validate(const OpticalModel& model);

}  // namespace reticle
