// SPDX-License-Identifier: Apache-2.0
// Boxes around what is set in a binary image: work on sparse changes is done within them.
#pragma once

#include <cstdint>
#include <vector>

#include "litho/geometry/bit_image.h"

namespace reticle {

// Adds a part to a box that it lies close to, or as a box of its own; boxes may come to overlap.
void join_boxes(const PixelBox& part, std::vector<PixelBox>& boxes);
// Around the set bits of a word of row y.
PixelBox box_of_word(std::uint64_t bits, int y, int word);
// Around the pixels that are set, not counting the frame.
std::vector<PixelBox> boxes_around(const BitImage& image);

}  // namespace reticle
