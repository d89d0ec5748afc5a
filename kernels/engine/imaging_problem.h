// SPDX-License-Identifier: Apache-2.0
// ImagingProblem: what decides the images of a batch of masks, as engines take it; no physics in it.
#pragma once

#include <complex>

#include "kernels/engine/socs_stack.h"

namespace reticle {

struct ImagingProblem {
  SocsStack stack;
  int rows = 0;  // of the grid of masks and images, which covers the field
  int cols = 0;
  double pixel_nm = 1.0;
  // What the resist sees of an image: I becomes (1 - flare) I + flare (power_offset + power_step mean(M)),
  // and then G(diffusion_nm) I + density G(density_range_nm) I, G Gaussians; both ranges hold the stage blur.
  double flare = 0.0;
  double diffusion_nm = 0.0;
  double density = 0.0;
  double density_range_nm = 0.0;
  // And slope_nm |grad G(diffusion_nm) I| is added to that.
  double slope_nm = 0.0;
  // Added to order 0 of what is drawn, M: the background's amplitude over the step of amplitude between
  // drawn and background. The step itself, and the mask's blur, are in the stack's kernels.
  std::complex<double> mask_offset{0.0};
  double power_offset = 0.0;  // |t|^2 of the background, and what is added to it where something is drawn
  double power_step = 1.0;
};

// The mask's power is power_step times its orders with their offset, and this at order 0.
inline double power_at_0(const ImagingProblem& p) { return p.power_offset - p.power_step * p.mask_offset.real(); }

// The flare of an image's mean, as a function of order 0 of the mask with its offset.
struct FlareFactors {
  double offset, step;
};
inline FlareFactors flare_factors(const ImagingProblem& p) {
  const double flare = p.flare * (1.0 + p.density);
  return {flare * power_at_0(p), flare * p.power_step};
}

}  // namespace reticle
