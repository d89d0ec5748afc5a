// SPDX-License-Identifier: Apache-2.0
// Outlines of binary images: closed rings along pixel edges.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// Rings around the pixels that are not 0, the inside on the left: outer rings counterclockwise,
// holes clockwise, points in nm at corners only (no collinear points). Pixels that touch at a
// corner alone are apart. Rings are ordered by their lowest, then leftmost, bottom edge;
// rasterize_rings gives the mask back exactly. Throws invalid_argument when mask and grid differ
// in size.
std::vector<Polygon> trace_pixels(ImageView<const std::uint8_t> mask, const Grid& grid);

std::vector<Polygon> trace_pixels(const BitImage& mask, const Grid& grid);

// The same in pixels, corner (0, 0) below and left of pixel [0, 0]. The mask's frame must be clear.
struct PixelCorner {
  int x, y;
};
using PixelRing = std::vector<PixelCorner>;
std::vector<PixelRing> trace_rings(const BitImage& mask);

}  // namespace reticle
