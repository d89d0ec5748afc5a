// ImagingProblem: what decides the images of a batch of masks, as engines take it; no physics in it.
#pragma once

#include "kernels/engine/socs_stack.h"

namespace reticle {

struct ImagingProblem {
  SocsStack stack;
  int rows = 0;  // of the grid of masks and images, which covers the field
  int cols = 0;
  double pixel_nm = 1.0;
  // What the resist sees of an image: I becomes (1 - flare) I + flare mean(M), and then
  // G(diffusion_nm) I + density G(density_range_nm) I, G Gaussians; both ranges hold the stage blur.
  double flare = 0.0;
  double diffusion_nm = 0.0;
  double density = 0.0;
  double density_range_nm = 0.0;
};

}  // namespace reticle
