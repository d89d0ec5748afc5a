// SPDX-License-Identifier: Apache-2.0
// Connected regions of a binary image, from the runs of its rows.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"

namespace reticle {

struct Run {
  int y, x0, x1;  // pixels [x0, x1) of row y
  int region;
};

struct PixelRegion {
  std::int64_t pixels = 0;
  bool touches_border = false;
};

struct Regions {
  std::vector<Run> runs;        // by row, then column
  std::vector<PixelRegion> regions;  // by first run
};

// Regions of the pixels that are not 0; pixels joined by an edge belong together. The frame of a
// BitImage must be clear.
Regions shape_regions(const BitImage& mask);
Regions shape_regions(ImageView<const std::uint8_t> mask);

// Regions of the pixels that are 0; pixels joined by an edge or a corner belong together, so that
// a region that does not touch the border is a hole.
Regions clear_regions(const BitImage& mask);
Regions clear_regions(ImageView<const std::uint8_t> mask);

}  // namespace reticle
