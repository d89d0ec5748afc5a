// SPDX-License-Identifier: Apache-2.0
// The finest lines of a layout, from samples of it.
#pragma once

#include "litho/ilt/pitch_limit.h"
#include "masks/job/layout_input.h"

namespace reticle {

// The finest lines of 25 squares of this side, spread over all that is drawn.
FinestLines sampled_lines(const LayoutInput& layout, double side_nm);

}  // namespace reticle
