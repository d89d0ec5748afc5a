// SPDX-License-Identifier: Apache-2.0
// The finest lines of a layout, from samples of it.
#pragma once

#include "masks/job/layout_input.h"

namespace reticle {

// The smallest of finest_pitch() (litho/ilt/pitch_limit.h) of 25 squares of this side, spread over all that is drawn;
// 0: none of them holds a line.
double sampled_pitch(const LayoutInput& layout, double side_nm);

}  // namespace reticle
