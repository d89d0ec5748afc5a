// SPDX-License-Identifier: Apache-2.0
// How far mask features feel each other through the optics.
#pragma once

#include "litho/imaging/optical_model.h"

namespace reticle {

// The radius beyond which at most `fraction` of the energy of a model's point-spread functions,
//   sum_k w_k |h_k(r)|^2,  h_k the inverse transform of the kernel, worst condition,
// lies; nm. Smaller than half the shorter period, which is what a periodic model can tell apart.
// Throws Error(invalid_argument) unless 0 < fraction < 1.
double interaction_range(const OpticalModel& model, double fraction);

}  // namespace reticle
