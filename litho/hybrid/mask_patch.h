// SPDX-License-Identifier: Apache-2.0
// A piece of a mask that takes the place of what a mask has there.
#pragma once

#include <span>
#include <vector>

#include "litho/geometry/polygon.h"

namespace reticle {

struct MaskPatch {
  Box box;
  std::vector<Polygon> outlines;  // the mask within the box; polygons that do not overlap
  bool operator==(const MaskPatch&) const = default;
};

// A mask of polygons that do not overlap with the patches in it, likewise. Patches do not overlap
// one another. Without any it is the mask as it is.
std::vector<Polygon> patched(std::vector<Polygon> mask, std::span<const MaskPatch> patches);

}  // namespace reticle
