// SPDX-License-Identifier: Apache-2.0
// A mask that obeys the rules as parameters of a level whose edges move: its own pixels, blurred, less a half, and free within
// a band around its edges only.
#pragma once

#include <optional>

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// 1 where pixels have their centre in the box, else 0; without a box: empty, which stands for 1 everywhere.
Image<float> free_within(const std::optional<Box>& box, const Grid& grid);

struct RuledField {
  Image<float> parameters;
  Image<float> free;  // 1 where they may change, else 0
};

// How edges of a level may move: within `band_nm` to either side, and within the box if there is one.
struct EdgeFreedom {
  double band_nm = 0.0;
  std::optional<Box> box;
};

// Of a mask on pixels of the grid or a whole number of times finer ones.
RuledField ruled_field(const BitImage& mask, const Grid& grid, const EdgeFreedom& freedom);

// What cleaning changed of a mask beyond outlines and corners: where it is some pixels thick, and shapes and gaps of which it left
// nothing, however small.
BitImage broken_parts(BitImage before, const BitImage& cleaned);

// Where pixels of `broken` lie, and a band around them, `field` becomes that of the mask; no more of it is computed. What lies so
// near the field's border that its copies decide it stays as it is. `broken` is of the mask's size, `field` of the grid's.
void take_ruled(const BitImage& mask, BitImage broken, const Grid& grid, const EdgeFreedom& freedom, RuledField& field);

}  // namespace reticle
