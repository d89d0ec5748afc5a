// SPDX-License-Identifier: Apache-2.0
// What a cell and all it places draw in a window: the walk down the hierarchy. Private to masks/layout.
#pragma once

#include <string>
#include <vector>

#include "masks/layout/box_tree.h"
#include "masks/layout/placement.h"

namespace reticle::layout {

// Shapes are merged on this grid: corners of turned ones lie between database units.
inline constexpr double k_window_step_dbu = 1.0 / 16;

// Some layers of a library whose references are resolved, and boxes of what each cell holds on them with all below.
struct LayersOf {
  const Library& library;
  const std::vector<LayerId>& layers;
  const std::vector<Box>& boxes;  // [cell]
  const std::vector<BoxTree>& references;  // [cell] of many references, by box
  const std::string& name;        // of the file
};

// Polygons that touch the window, in the cell's own coordinates, mapped by `to`; they may overlap. Where very many do
// (arrays of steps far smaller than what is placed, or more than a few million corners), they are united
// on the way, so that memory stays in proportion to what is covered. Throws Error(bad_input) if more than 20 million
// shapes and placements touch the window, Error(unsupported) if what overlaps cannot be united.
std::vector<Polygon> window_shapes(const LayersOf& layers, std::size_t cell, const Box& window, const Affine& to);

}  // namespace reticle::layout
