// SPDX-License-Identifier: Apache-2.0
// Tiles for layouts that repeat: a core of a whole number of an array's steps sees the same everywhere inside it,
// so that the array is corrected once, whatever its pitch; of cores that are a part of a step there are as many kinds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "litho/chip/tile_period.h"
#include "litho/ilt/settings.h"

namespace reticle {

// As long as all of its members, over a part of the layout's area.
struct ArrayRun {
  double length_nm = 0.0;
  double share = 0.0;
};

// What is drawn again this far on, over a part of the layout's area.
struct ArrayStep {
  double step_nm = 0.0;
  double share = 0.0;
  std::vector<ArrayRun> runs;  // none: as long as the layout
};

struct LayoutArrays {
  std::vector<ArrayStep> x, y;  // the largest share first
};

struct ArrayTiles {
  TilePeriod period;
  double core_x_nm = 0.0, core_y_nm = 0.0;
  double halo_nm = 0.0;
  double mask_pixel_nm = 0.0;  // the largest that the recipe allows and that divides all of them
  double asked_pixel_nm = 0.0;  // the largest that the recipe allows
  double share = 0.0;          // of the layout's area that a core corrected already covers
  std::string reason;          // for people
};

// The cores that correct a layout with the least work, where they are whole numbers of steps, or whole nm that a step has
// a whole number of, and a tile that lies in an array with all of its halo is corrected once along each row and column of it;
// none where tiles of any size cost less. Of cores whose work is as good as equal the smallest: less memory, more that tiles
// share. They follow from model, recipe and layout alone. `recipe` as it was read; the halo is at least `range_nm`; `extent` is that of
// the whole layout.
std::optional<ArrayTiles> tiles_for_arrays(const OpticalModel& model, const IltSettings& recipe, double range_nm,
                                           const Box& extent, const LayoutArrays& arrays);

}  // namespace reticle
