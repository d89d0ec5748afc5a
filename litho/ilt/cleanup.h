// SPDX-License-Identifier: Apache-2.0
// From the optimiser's mask to one that can be made: nothing too small, too thin or too close.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"
#include "litho/rules/mask_rule_set.h"

namespace reticle {

// Opens the mask by a disc as wide as the minimum width and closes it by one as wide as the minimum
// space, and removes specks and holes below the minimum area. Where closing a gap leaves a neck
// that is too thin, the gap is widened instead.
//
// The mask of something drawn is neither broken nor bridged as long as what is drawn obeys the rules: where the mask of a
// drawn shape is too thin it becomes as wide as drawn instead of being taken away, and where a drawn gap would be filled it
// becomes as wide as drawn.
class MaskCleaning {
 public:
  MaskCleaning(const Grid& grid, const MaskRuleSet& rules);
  MaskCleaning(const Grid& grid, const MaskRuleSet& rules, BitImage drawn);

  void clean(BitImage& mask) const;  // its frame is clear
  const std::optional<BitImage>& drawn() const { return drawn_; }

 private:
  struct Opening;
  void restore_drawn(BitImage& mask, const Opening& opening) const;

  double width_px_, space_px_, min_pixels_;
  std::optional<BitImage> drawn_;
  std::optional<BitImage> gaps_;          // between what is drawn, hardly wider than the minimum space
  std::vector<PixelBox> drawn_boxes_, gap_boxes_;  // around either
};

void clean_mask(Image<std::uint8_t>& mask, const Grid& grid, const MaskRuleSet& rules);
void clean_mask(BitImage& mask, const Grid& grid, const MaskRuleSet& rules);
void clean_mask(BitImage& mask, const Grid& grid, const MaskRuleSet& rules, const BitImage& drawn);

// What to draw so that a mask whose drawn parts come out wider by the bias is the one given: edges move
// inwards by half of it, to whole pixels.
void draw_back(Image<std::uint8_t>& mask, const Grid& grid, double bias_nm);
void draw_back(BitImage& mask, const Grid& grid, double bias_nm);

}  // namespace reticle
