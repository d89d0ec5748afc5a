// SPDX-License-Identifier: Apache-2.0
// The process window of a recipe as losses take it (kernels/pixel/process_window.h).
#pragma once

#include "kernels/pixel/process_window.h"
#include "litho/ilt/settings.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// Corners in the settings' order, of the model's conditions, and their bands; the resist's slope is the caller's.
// band_weight: of the bands; corner_weight: added to every corner's own. Settings as from resolved().
pixel::ProcessWindow<float> loss_window(const OpticalModel& model, const IltSettings& settings, double band_weight,
                                        double corner_weight = 0.0);

}  // namespace reticle
