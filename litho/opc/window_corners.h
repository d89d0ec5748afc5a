// SPDX-License-Identifier: Apache-2.0
// The corners of the process window as edges are judged by them.
#pragma once

#include <vector>

#include "litho/ilt/settings.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

struct WindowCorner {
  int condition = 0;    // place in the model
  double dose = 1.0;    // of the nominal one
  double weight = 1.0;  // of its placement errors
};

// The nominal one first, which weighs 1; the others weigh `window_weight`.
std::vector<WindowCorner> window_corners(const OpticalModel& model, const IltSettings& window, double window_weight);

}  // namespace reticle
