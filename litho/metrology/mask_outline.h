// SPDX-License-Identifier: Apache-2.0
// The outline of a binary mask as units, one for each pixel edge between shape and clear, with
// smoothed places and normals, and the way from a pixel edge to its unit.
#pragma once

#include <cstdint>
#include <vector>

#include "litho/geometry/bit_image.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// Lengths in half pixels, so that everything is whole. The shape lies on the left of the unit.
struct OutlineUnit {
  int x, y;                // middle of the pixel edge
  int smooth_x, smooth_y;  // sum of the middles of `smoothed` units around this one
  std::int8_t smoothed;
  std::int8_t across_x, across_y;    // unit step out of the shape, through the pixel edge
  std::int8_t outward_x, outward_y;  // sum of the steps out of up to 13 units around this one

  bool upright() const { return across_x != 0; }
};

class MaskOutline {
 public:
  // The mask, which outlives the outline, must have a clear frame.
  explicit MaskOutline(const BitImage& mask);

  // Ring by ring as in contour.h, the shape on the left.
  const std::vector<OutlineUnit>& units() const { return units_; }
  // The unit between pixels x - 1 and x of row y, which differ.
  const OutlineUnit& upright(int y, int x) const {
    return units_[upright_units_[upright_rank(y, x)]];
  }
  // The unit between rows y - 1 and y at column x, which differ.
  const OutlineUnit& level(int y, int x) const { return units_[level_units_[level_rank(y, x)]]; }

 private:
  void number_edges();
  std::uint64_t upright_edges(int y, int word) const;
  std::uint64_t level_edges(int y, int word) const;
  std::size_t upright_rank(int y, int x) const;
  std::size_t level_rank(int y, int x) const;
  std::size_t place(int y, int word) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(mask_.words() + 1) +
           static_cast<std::size_t>(word);
  }

  const BitImage& mask_;
  std::vector<OutlineUnit> units_;
  std::vector<std::uint32_t> upright_before_, level_before_;  // edges before each word, by rows
  std::vector<std::uint32_t> upright_units_, level_units_;    // by the edge's number
};

}  // namespace reticle
