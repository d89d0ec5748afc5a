// SPDX-License-Identifier: Apache-2.0
// From the optimiser's mask to one that can be made: nothing too small, too thin or too close.
#pragma once

#include <cstdint>

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"
#include "litho/rules/mask_rule_set.h"

namespace reticle {

// Opens the mask by a disc as wide as the minimum width and closes it by one as wide as the minimum
// space, and removes specks and holes below the minimum area. Where closing a gap leaves a neck
// that is too thin, the gap is widened instead.
void clean_mask(Image<std::uint8_t>& mask, const Grid& grid, const MaskRuleSet& rules);
void clean_mask(BitImage& mask, const Grid& grid,
                const MaskRuleSet& rules);  // its frame is clear

// The same for a mask of something drawn, which it neither breaks nor bridges as long as what is drawn
// obeys the rules: where the mask of a drawn shape is too thin it becomes as wide as drawn instead of
// being taken away, and where a drawn gap would be filled it becomes as wide as drawn.
void clean_mask(BitImage& mask, const Grid& grid, const MaskRuleSet& rules, const BitImage& drawn);

// What to draw so that a mask whose drawn parts come out wider by the bias is the one given: edges move
// inwards by half of it, to whole pixels.
void draw_back(Image<std::uint8_t>& mask, const Grid& grid, double bias_nm);
void draw_back(BitImage& mask, const Grid& grid, double bias_nm);

}  // namespace reticle
