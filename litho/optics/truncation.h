// SPDX-License-Identifier: Apache-2.0
// How many kernels a stated error needs, measured on the calibration clips.
#pragma once

#include <span>
#include <vector>

#include "kernels/base/spectrum.h"
#include "kernels/engine/socs_stack.h"
#include "litho/optics/calibration.h"
#include "litho/optics/kernel_basis.h"

namespace reticle {

// What is left out is spread over several lambda / NA and nearly linear in the mask's transmission: blurred by Gaussians from
// none to 4 lambda / NA wide it makes the tail (SocsKernels), whose weights bring edges closest to where they belong. Errors of
// edges are those of calibration clips and a margin, a fifth of the root mean square and half of the largest, for clips that
// no model has seen.
enum class Tail { fitted, none };

struct Truncation {
  int kernels = 0;
  ImageError error;
  std::vector<TailTerm> tail{};
};

// The smallest number of leading kernels whose images of the clips are within the limit; max_kernels, or
// all there are, and their error if they do not suffice. `exact`: the images that `edges` are of. The difference is
// sum_{k > K} lambda_k |E_k|^2 less the tail. Finds more kernels where there are more. `expected`: about how many it will
// be, 0 where that is not known.
Truncation truncate_for(KernelBasis& basis, const Calibration& calibration, std::span<const Spectrum<double>> exact,
                        const PrintedEdges& edges, const ImageError& limit, int max_kernels, int expected, Tail tail);

}  // namespace reticle
