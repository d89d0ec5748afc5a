// SPDX-License-Identifier: Apache-2.0
// Which instance of a drawn cell a polygon of the mask belongs to.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "masks/layout/drawn_instances.h"

namespace reticle {

// [polygon] The lowest instance that holds, itself or in those it places, every drawn shape that the polygon lies on. One that
// lies on none, an assist feature, belongs to whom the nearest drawn shape's mask belongs to (of boxes; of equally near
// ones the leftmost, of those the lowest); to the first instance where nothing is drawn.
std::vector<std::uint32_t> mask_owners(std::span<const std::vector<layout::DbPoint>> polygons,
                                       const layout::DrawnInstances& drawn);

}  // namespace reticle
