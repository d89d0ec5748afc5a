// SPDX-License-Identifier: Apache-2.0
// The definition of the SOCS image, written for clarity: direct Fourier sums in double on the full
// pixel grid, one kernel after another. Shares no code with the library's imaging.
#pragma once

#include <complex>
#include <vector>

#include "kernels/base/image.h"
#include "litho/imaging/optical_model.h"

namespace reticle::reference {

// I(r_ij) = sum_k w_k |sum_mn H_k(m, n) c(m, n) exp(2 pi i (m u_j + n v_i))|^2 at pixel centres
// u_j = (j + 1/2) / cols, with c the discrete Fourier sum of the mask at pixel centres.
Image<double> aerial_image(const Image<double>& mask, const SocsKernels& kernels);

// A model with random complex kernels of decaying weight: no symmetry for an error to hide behind.
OpticalModel random_model(int half_x, int half_y, int kernels, int conditions, unsigned seed);

// Uniform random transmissions in [0, 1].
Image<double> random_mask(int rows, int cols, unsigned seed);

}  // namespace reticle::reference
