// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/loss_window.h"

#include <algorithm>

namespace reticle {

pixel::ProcessWindow<float> loss_window(const OpticalModel& model, const IltSettings& settings, double band_weight,
                                        double corner_weight) {
  pixel::ProcessWindow<float> window;
  window.conditions = static_cast<int>(model.conditions.size());
  window.threshold = static_cast<float>(model.resist.threshold);
  for (const ProcessCorner& corner : settings.corners)
    window.corner[window.corners++] = {static_cast<int>(&model.condition(corner.condition) - model.conditions.data()),
                                       static_cast<float>(corner.dose), static_cast<float>(corner.weight + corner_weight)};
  const auto place_of = [&](const std::string& name) {
    const auto found = std::find_if(settings.corners.begin(), settings.corners.end(),
                                    [&](const ProcessCorner& corner) { return corner.name == name; });
    return static_cast<int>(found - settings.corners.begin());
  };
  for (const ProcessBand& band : settings.bands)
    window.band[window.bands++] = {place_of(band.outer), place_of(band.inner),
                                   static_cast<float>(band.weight_factor * band_weight)};
  return window;
}

}  // namespace reticle
