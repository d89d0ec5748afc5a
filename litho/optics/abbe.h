// SPDX-License-Identifier: Apache-2.0
// Abbe imaging: source point by source point, in double. The reference that SOCS is measured against.
#pragma once

#include "kernels/base/spectrum.h"
#include "litho/optics/settings.h"

namespace reticle {

// Orders that a mask spectrum for these optics needs.
struct SpectrumSize {
  int half_x = 0;
  int half_y = 0;
};
SpectrumSize mask_orders(const OpticsSettings& settings);

// Fourier coefficients of the image (half widths twice those of the mask) of a mask spectrum of that
// size, at a focus. Clear field = 1. With stage blur and flare; without the resist's diffusion.
// Flare follows mean_transmission, the mean of |t|^2; when not given, that of a mask of 0 and 1.
// Throws Error(invalid_argument) for a spectrum of another size.
Spectrum<double> abbe_intensity(const OpticsSettings& settings, double focus_nm,
                                const Spectrum<double>& mask);
Spectrum<double> abbe_intensity(const OpticsSettings& settings, double focus_nm,
                                const Spectrum<double>& mask, double mean_transmission);

}  // namespace reticle
