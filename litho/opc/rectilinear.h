// SPDX-License-Identifier: Apache-2.0
// From pixels to few rectangles: a mask on squares as large as the shortest edge it may have.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"
#include "litho/opc/edge_clip.h"

namespace reticle {

// Outlines along the sides of squares of `square_nm`, rounded to whole pixels, that are at least half covered; the
// lattice is symmetric about the middle of the grid. Squares that meet at a corner alone are joined or parted. Rings
// as trace_pixels() gives them.
std::vector<Polygon> rectilinear_rings(ImageView<const std::uint8_t> mask, const Grid& grid, double square_nm);

// A clip's mask of pixels with edges along x and y only: squares first, then their sides, in pieces of three squares
// at most, descend on the process window's loss (settings.opc.descent) with width and space held. Assist features
// that would print at the window's overdose are made smaller by their edges until none does, in the final mask too; where
// rules leave no edge to move, the one nearest to the print goes. Where design and model are symmetric, and the mask of pixels is,
// so is this one. Settings as from resolved().
EdgeClip rectilinear_clip(const OpticalModel& model, const IltSettings& window, const EdgeSettings& settings,
                          const Design& design, ImageView<const std::uint8_t> mask, const Grid& grid,
                          const std::function<bool()>& stop = {});

}  // namespace reticle
