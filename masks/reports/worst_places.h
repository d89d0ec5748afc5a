// SPDX-License-Identifier: Apache-2.0
// Pictures of a corrected layout's worst tiles: what is drawn, the mask with its neighbours', and
// what it prints.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/base/image.h"
#include "litho/ilt/settings.h"
#include "litho/chip/tiling.h"

namespace reticle {

struct WorstPlace {
  TileIndex tile;
  std::vector<std::uint8_t> png;
};

// The mask of a tile's core; empty where there is none: there the drawn shapes are shown.
using FinishedCore = std::function<Image<std::uint8_t>(TileIndex)>;

// Of the first few tiles of `ranked`, each imaged with the finished masks around it.
std::vector<WorstPlace> draw_worst_places(const OpticalModel& model, const IltSettings& settings,
                                          const TilePlan& plan, const GeometrySource& geometry,
                                          std::span<const TileIndex> ranked,
                                          const FinishedCore& finished_core);

}  // namespace reticle
