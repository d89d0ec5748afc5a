// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/specks.h"

#include <cmath>

#include "kernels/base/error.h"
#include "litho/geometry/regions.h"

namespace reticle {
namespace {

enum class Tone { clear, shape };

// Gives small regions the tone around them.
void overwrite_small(BitImage& mask, const Regions& found, double min_pixels, Tone tone) {
  for (const Run& run : found.runs) {
    const PixelRegion& region = found.regions[static_cast<std::size_t>(run.region)];
    const bool may_change = tone == Tone::clear || !region.touches_border;
    if (may_change && static_cast<double>(region.pixels) < min_pixels)
      mask.fill(run.y, run.x0, run.x1, tone == Tone::shape);
  }
}

}  // namespace

Image<std::uint8_t> remove_specks(ImageView<const std::uint8_t> mask, const Grid& grid,
                                  double min_area_nm2) {
  if (mask.rows != grid.rows || mask.cols != grid.cols || !(min_area_nm2 >= 0.0) ||
      !std::isfinite(min_area_nm2)) {
    throw Error(ErrorCode::invalid_argument,
                "remove_specks: give the grid the mask lies on and a finite area >= 0 nm2.");
  }
  BitImage cleaned(mask);
  remove_specks(cleaned, min_area_nm2 / (grid.pixel_nm * grid.pixel_nm));
  return cleaned.unpacked();
}

void remove_specks(BitImage& mask, double min_pixels) {
  // Once is enough. Clearing a shape joins it to a clear region beside it, which the first step left
  // as no small hole; a shape with none beside it fills the mask and touches its border. And it takes
  // nothing away from other shapes.
  overwrite_small(mask, clear_regions(mask), min_pixels, Tone::shape);
  overwrite_small(mask, shape_regions(mask), min_pixels, Tone::clear);
}

}  // namespace reticle
