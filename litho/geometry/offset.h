// SPDX-License-Identifier: Apache-2.0
// Shapes whose outlines are moved along their normals.
#pragma once

#include <span>
#include <vector>

#include "litho/geometry/polygon.h"

namespace reticle {

// The union with its outline moved outwards by a distance (inwards if negative); holes shrink as shapes grow.
// What grows together is one shape, what shrinks to nothing is gone. Edges meet in mitred corners; turns
// sharper than about 150 degrees are cut off four distances on. On a grid of 1e-4 nm.
std::vector<Polygon> moved_outlines(std::span<const Polygon> polygons, double distance_nm);

}  // namespace reticle
