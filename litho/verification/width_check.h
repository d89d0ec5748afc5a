// SPDX-License-Identifier: Apache-2.0
// Widths and spaces of a print, by rulers from its outline.
#pragma once

#include <span>
#include <vector>

#include "litho/geometry/polygon.h"
#include "litho/verification/edge_buckets.h"

namespace reticle {

enum class Ruler { width, space };

struct NarrowPlace {
  Point place;             // middle of the ruler
  double printed_nm = 0.0;
  double limit_nm = 0.0;   // what was asked for there
};

// Places within the box where the print's width, or the space beside it, is below the smaller of a length
// and a part of what is drawn along the same ruler; the narrowest of each run along the outline. A ruler
// goes from the outline along its normal to the opposite one, whose normal has to oppose within 30 degrees.
// Where nothing is drawn, or everything is, there is no width and no space.
std::vector<NarrowPlace> narrow_places(std::span<const Polygon> printed, const EdgeBuckets& printed_edges,
                                       const EdgeBuckets& target_edges, const Box& box, Ruler ruler, double least_nm,
                                       double part, double drawn_range_nm);

}  // namespace reticle
