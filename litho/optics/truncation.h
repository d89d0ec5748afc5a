// How many kernels a stated intensity error needs, measured on a mask.
#pragma once

#include <span>
#include <vector>

#include "kernels/base/spectrum.h"
#include "litho/geometry/polygon.h"
#include "litho/optics/kernel_basis.h"
#include "litho/optics/settings.h"

namespace reticle {

// Random Manhattan clip: squares of 0.6 lambda / NA, each open with probability 0.4, so that lines,
// corners, blocks and gaps of all sizes from the resolution upwards occur, without any symmetry. The
// same for every call.
std::vector<Polygon> calibration_pattern(const OpticsSettings& settings);

struct Truncation {
  int kernels = 0;
  double error = 0.0;  // largest intensity difference to all kernels, clear fields
};

// The smallest number of leading kernels whose image of this mask is within max_error everywhere,
// before stage blur; max_kernels and their error if they do not suffice. The difference is
// sum_{k > K} lambda_k |E_k|^2: it only falls with K.
Truncation truncate_for(const KernelBasis& basis, const Spectrum<double>& mask, double max_error,
                        int max_kernels);

}  // namespace reticle
