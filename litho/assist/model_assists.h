// SPDX-License-Identifier: Apache-2.0
// Assist features guided by the model: bars in the empty field, where light through the mask would lower a loss most.
#pragma once

#include <span>
#include <vector>

#include "kernels/base/image.h"
#include "litho/assist/rule_assists.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// `gain`: by how much the loss falls for each nm2 of mask that becomes clear, to first order, on a grid that covers the
// outlines (litho/opc/outline.h). Bars lie along x or y, centred on pixels of the gain; they keep the settings' end gap
// and spacing, and reach as far as a cut across them gains settings.least_gain of the best cut there is. The bar that
// gains most comes first, then the best of what it leaves, until none of the minimum length is left. Counterclockwise
// rectangles on the mask's grid. Settings as from resolved().
std::vector<Polygon> model_assists(std::span<const Polygon> outlines, ImageView<const float> gain, const Grid& grid,
                                   const AssistSettings& settings, double mask_grid_nm);

}  // namespace reticle
