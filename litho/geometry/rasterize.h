// SPDX-License-Identifier: Apache-2.0
// Area coverage of polygons on a pixel grid, exact up to rounding (kernels/cpu/coverage.h).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/image.h"
#include "kernels/pixel/coverage.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// The pixels of a box that is a whole number of them wide and high, from its lower left corner on.
Grid pixel_grid(const Box& box, double pixel_nm);

// Fraction [0, 1] of each pixel covered by simple polygons that do not overlap, either
// orientation, clipped to the grid. Throws bad_input for a polygon of fewer than 3 points or a
// coordinate that is not finite, invalid_argument for a grid without pixels.
Image<float> rasterize(std::span<const Polygon> polygons, const Grid& grid);

// The edges whose coverage that is, in pixels of the grid, as engines take a target. Throws likewise.
std::vector<pixel::OutlineEdge> outline_on(std::span<const Polygon> polygons, const Grid& grid);

// rasterize() for oriented rings as trace_pixels gives them: counterclockwise adds, clockwise (a hole)
// takes away.
Image<float> rasterize_rings(std::span<const Polygon> rings, const Grid& grid);

// 1 where the coverage is at least one half, else 0.
Image<std::uint8_t> rasterize_rings_binary(std::span<const Polygon> rings, const Grid& grid);
Image<std::uint8_t> rasterize_binary(std::span<const Polygon> polygons, const Grid& grid);

}  // namespace reticle
