// SOCS kernels of scalar imaging through a circular pupil with an annular source.
//
//   P(rho) = exp(2 pi i d / lambda (sqrt(n^2 - NA^2 |rho|^2) - n))  for |rho| <= 1, else 0
//   I = 1 / N sum_s |sum_mn P(s + (m, n) lambda / (NA p)) c(m, n) exp(2 pi i (m x + n y) / p)|^2
//
// over the N source points s; the sum of coherent systems is its singular value decomposition.
// [Abbe 1873; Hopkins 1953; Cobb 1998]
#pragma once

#include <string>
#include <vector>

#include "litho/imaging/optical_model.h"

namespace reticle {

struct FocusCondition {
  std::string name;
  double focus_nm = 0.0;  // z of the image plane minus best focus, in the immersion medium
};

struct ScalarOptics {
  double wavelength_nm = 193.0;
  double na = 1.35;
  double immersion_index = 1.44;
  double sigma_inner = 0.6;  // 0: conventional source
  double sigma_outer = 0.9;
  int source_pixels = 41;  // across sigma -1 .. 1; the points are pixel centres
  double period_nm = 2048.0;
  int kernels = 24;
  std::vector<FocusCondition> conditions = {{"focus", 0.0}, {"defocus", 40.0}};
  ResistModel resist = {.threshold = 0.25, .diffusion_nm = 0.0};
};

// The strongest kernels of every condition; fewer if the source has fewer points. Intensities are
// fractions of the clear field before truncation.
// Throws Error(invalid_argument) naming the value that makes no sense: NA not below the index,
// sigma not in order, a source without points.
OpticalModel make_scalar_model(const ScalarOptics& optics);

}  // namespace reticle
