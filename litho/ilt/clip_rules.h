// SPDX-License-Identifier: Apache-2.0
// What the rules are to one clip: its drawn shapes, and what cleans its masks, on any pixels of its field. Made once for a
// grid. Not thread-safe.
#pragma once

#include <map>
#include <span>

#include "litho/geometry/bit_image.h"
#include "litho/geometry/polygon.h"
#include "litho/ilt/cleanup.h"
#include "litho/ilt/settings.h"

namespace reticle {

class ClipRules {
 public:
  // All of it outlives this.
  ClipRules(std::span<const Polygon> drawn, const Box& field, const IltSettings& settings);

  // Grids cover the field.
  const BitImage& drawn_on(const Grid& grid);
  const MaskCleaning& cleaning_on(const Grid& grid);
  // A mask over the field, its frame clear.
  void clean(BitImage& mask);

 private:
  std::span<const Polygon> polygons_;
  const Box& field_;
  const IltSettings& settings_;
  // By rows.
  std::map<int, BitImage> drawn_;
  std::map<int, MaskCleaning> cleanings_;
};

}  // namespace reticle
