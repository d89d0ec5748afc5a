// SPDX-License-Identifier: Apache-2.0
#include "litho/hybrid/mask_patch.h"

#include <algorithm>

#include "litho/geometry/boolean.h"
#include "litho/geometry/box.h"
#include "litho/geometry/polygon_area.h"

namespace reticle {

std::vector<Polygon> patched(std::vector<Polygon> mask, std::span<const MaskPatch> patches) {
  if (patches.empty()) return mask;
  // What lies in a box is taken away by its outline, clockwise, and what is clipped of the mask
  // there, twice.
  std::vector<Polygon> rings = std::move(mask);
  const std::size_t own = rings.size();
  for (const MaskPatch& patch : patches) {
    std::vector<Polygon> there = clip({rings.data(), own}, patch.box);
    for (Polygon& polygon : there) {
      if (signed_area(polygon) > 0.0) std::reverse(polygon.begin(), polygon.end());
      rings.push_back(std::move(polygon));
    }
    rings.insert(rings.end(), patch.outlines.begin(), patch.outlines.end());
  }
  for (std::size_t i = 0; i < own; ++i)
    if (signed_area(rings[i]) < 0.0) std::reverse(rings[i].begin(), rings[i].end());
  return fill(rings);
}

}  // namespace reticle
