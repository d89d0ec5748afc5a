// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/pixel_boxes.h"

#include <algorithm>
#include <bit>

namespace reticle {

void join_boxes(const PixelBox& part, std::vector<PixelBox>& boxes) {
  constexpr int k_close = 8;
  for (PixelBox& box : boxes) {
    const PixelBox near = box.grown(k_close);
    if (part.y0 >= near.y1 || part.y1 <= near.y0 || part.x0 >= near.x1 || part.x1 <= near.x0) continue;
    box = {std::min(box.y0, part.y0), std::max(box.y1, part.y1), std::min(box.x0, part.x0), std::max(box.x1, part.x1)};
    return;
  }
  boxes.push_back(part);
}

PixelBox box_of_word(std::uint64_t bits, int y, int word) {
  const int x = word * BitImage::k_word;
  return {y, y + 1, x + std::countr_zero(bits), x + 64 - std::countl_zero(bits)};
}

std::vector<PixelBox> boxes_around(const BitImage& image) {
  std::vector<PixelBox> boxes;
  for (int y = 0; y < image.rows(); ++y)
    for (int word = 0; word < image.words(); ++word)
      if (const std::uint64_t bits = image.row(y)[word]; bits != 0) join_boxes(box_of_word(bits, y, word), boxes);
  return boxes;
}

}  // namespace reticle
