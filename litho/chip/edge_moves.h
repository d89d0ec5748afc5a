// SPDX-License-Identifier: Apache-2.0
// What a tile keeps of an edge-based correction between stages: where its edges went, and its bars.
#pragma once

#include <span>
#include <vector>

#include "litho/chip/tile_result.h"
#include "litho/chip/tiling.h"
#include "litho/opc/fragments.h"

namespace reticle {

// Positions relative to the tile's core.
struct EdgeMoves {
  std::vector<Fragment> fragments;  // whose middle lies in the core: a, b, normal
  std::vector<double> displacements;
  std::vector<Polygon> bars;        // cut to the core
};

Bytes moves_bytes(const EdgeMoves& moves);
// Throws Error(bad_input) if the bytes are not moves.
EdgeMoves moves_from_bytes(std::span<const std::byte> bytes);

// Those of the core out of a field's correction.
EdgeMoves moves_in(const Box& core, const FragmentedDesign& design, std::span<const double> displacements,
                   std::span<const Polygon> bars);

// Bars cut to a box.
std::vector<Polygon> bars_in(const Box& box, std::span<const Polygon> bars);

// Moved by an offset.
EdgeMoves shifted(EdgeMoves moves, Point by);

// The displacement of each fragment of a design: that of the move whose piece of edge its middle lies on;
// `otherwise` where there is none.
std::vector<double> displacements_from(const EdgeMoves& moves, const FragmentedDesign& design,
                                       std::span<const double> otherwise);

}  // namespace reticle
