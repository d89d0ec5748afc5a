// SPDX-License-Identifier: Apache-2.0
// The process window's loss of a mask and its gradient, for optimisers of one's own:
//
//   M = sigmoid(mask_slope p),  L = A sum_pixels window terms of the resist images of M (kernels/pixel/window_terms.h)
//
// with A the pixel's area, so that L is in nm2. The same objective as an engine's batch, without its regularity.
#pragma once

#include "kernels/base/image.h"
#include "kernels/pixel/process_window.h"
#include "litho/imaging/mask_images.h"

namespace reticle {

// parameters, target and gradient: pixels of one size that cover the field. gradient receives dL/dp. Throws
// Error(invalid_argument) if sizes differ or the window names a condition that the model does not hold.
// T: float or double.
template <class T>
double window_loss(MaskImages<T>& images, ImageView<const T> parameters, ImageView<const T> target,
                   const pixel::ProcessWindow<T>& window, T mask_slope, ImageView<T> gradient);

// L of a mask given by its coefficients (Simulator::mask_spectrum()); d_mask receives dL/dRe c + i dL/dIm c of them.
// Throws the same.
template <class T>
double window_loss(MaskImages<T>& images, const Spectrum<T>& mask, ImageView<const T> target,
                   const pixel::ProcessWindow<T>& window, Spectrum<T>& d_mask);

}  // namespace reticle
