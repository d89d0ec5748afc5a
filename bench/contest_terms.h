// SPDX-License-Identifier: Apache-2.0
// The contest's objective: the nominal print in focus, and a band of 2 % of dose to a print out of focus.
#pragma once

#include "kernels/engine/ilt_batch.h"

namespace reticle::bench {

inline IltTerms contest_terms() {
  IltTerms terms{.mask_slope = 4.0f};
  auto& window = terms.window;
  window.conditions = 2;
  window.threshold = 0.225f;
  window.resist_slope = 100.0f;
  window.corners = 3;
  window.corner[0] = {0, 1.0f, 1.0f};
  window.corner[1] = {0, 1.02f, 0.0f};
  window.corner[2] = {1, 0.98f, 0.0f};
  window.bands = 1;
  window.band[0] = {1, 2, 2.0f};
  return terms;
}

}  // namespace reticle::bench
