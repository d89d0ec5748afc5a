// SPDX-License-Identifier: Apache-2.0
// Binary pixels as polygons.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// Polygons without holes that do not overlap and cover exactly the pixels that are not 0.
std::vector<Polygon> polygons_of(ImageView<const std::uint8_t> pixels, const Grid& grid);

}  // namespace reticle
