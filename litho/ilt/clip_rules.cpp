// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/clip_rules.h"

#include "litho/geometry/rasterize.h"

namespace reticle {

ClipRules::ClipRules(std::span<const Polygon> drawn, const Box& field, const IltSettings& settings)
    : polygons_(drawn), field_(field), settings_(settings) {}

const BitImage& ClipRules::drawn_on(const Grid& grid) {
  const auto found = drawn_.find(grid.rows);
  if (found != drawn_.end()) return found->second;
  return drawn_.emplace(grid.rows, BitImage(rasterize_binary(polygons_, grid))).first->second;
}

const MaskCleaning& ClipRules::cleaning_on(const Grid& grid) {
  const auto found = cleanings_.find(grid.rows);
  if (found != cleanings_.end()) return found->second;
  BitImage drawn(rasterize_binary(polygons_, grid));
  return cleanings_.emplace(grid.rows, MaskCleaning(grid, settings_.mask_rules, std::move(drawn))).first->second;
}

void ClipRules::clean(BitImage& mask) {
  const Grid grid = pixel_grid(field_, field_.height() / mask.rows());
  // Levels that move edges win back what restored shapes cost; without them it would stay in the mask.
  if (settings_.levels.back().edge_band_nm > 0.0)
    cleaning_on(grid).clean(mask);
  else
    clean_mask(mask, grid, settings_.mask_rules);
}

}  // namespace reticle
