// SPDX-License-Identifier: Apache-2.0
// References of a cell in an order and a form that windows are looked for in: placements that stand in rows and columns
// as one lattice, near ones near each other.
#pragma once

#include <vector>

#include "masks/layout/cell_library.h"

namespace reticle::layout {

// Joins placements of one cell, turned alike, that follow each other at equal steps along x, and equal rows
// of them at equal steps along y. What is drawn stays the same.
void join_lattices(std::vector<Placement>& references);

// In upright strips from the left, in each from below: neighbours in the list are neighbours in the plane.
void sort_by_place(std::vector<Placement>& references);

}  // namespace reticle::layout
