// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/window_corners.h"

namespace reticle {

std::vector<WindowCorner> window_corners(const OpticalModel& model, const IltSettings& window, double window_weight) {
  std::vector<WindowCorner> corners;
  for (const ProcessCorner& corner : window.corners) {
    const auto condition = &model.condition(corner.condition) - model.conditions.data();
    corners.push_back({static_cast<int>(condition), corner.dose, corners.empty() ? 1.0 : window_weight});
  }
  return corners;
}

}  // namespace reticle
