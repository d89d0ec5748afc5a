// SPDX-License-Identifier: Apache-2.0
// Emphasis on edges printed in the wrong place: the multipliers of the constraint that the print at
// the nominal corner lies within a tolerance of the target's edges.
//
//   T'(x) = T(x) - m(x) where something prints more than the tolerance outside the target,
//   T'(x) = T(x) + m(x) where nothing prints more than the tolerance inside it,
//
// m grows by the gain with every look at the print that finds the place wrong, so that the gradient of
// (Z - T')^2 there outgrows what holds the print back, e.g. a band that is thinner when a gap is
// filled. [method of multipliers: Nocedal & Wright 2006, ch. 17]
#pragma once

#include <span>

#include "kernels/base/image.h"
#include "litho/imaging/print_level.h"
#include "litho/geometry/bit_image.h"
#include "litho/geometry/polygon.h"

namespace reticle {

class EdgeEmphasis {
 public:
  // Sizes as the grid; its pixels are those of the loss.
  EdgeEmphasis(std::span<const Polygon> polygons, const Grid& grid, double tolerance_nm);

  // Looks at a print (print_level.h); true if some place is wrong.
  bool look(ImageView<const float> intensity, const PrintLevel& level, double gain);
  // Looks for what prints apart from the target, such as an assist feature; true if there is some.
  bool look_for_extra(ImageView<const float> intensity, const PrintLevel& level, double gain);
  // Back to T.
  void forget() { target_ = drawn_part_; }
  // T' as it is now.
  const Image<float>& target() const { return target_; }

 private:
  void spread(const BitImage& wrong, double by);

  double tolerance_px_;
  Image<float> drawn_part_, target_;  // T, T'
  BitImage drawn_;
  BitImage inner_, outer_;  // pixels within the target by more than the tolerance, and those outside
};

}  // namespace reticle
