// SPDX-License-Identifier: Apache-2.0
// Preview: one picture of a clip to look at: target, mask, printed contour and process window band.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/base/image.h"
#include "masks/pictures/drawing.h"

namespace reticle {

// Binary images of one grid, 1 inside; rows upwards as everywhere.
struct PreviewLayers {
  ImageView<const std::uint8_t> target;
  ImageView<const std::uint8_t> mask;
  ImageView<const std::uint8_t> printed;         // at the nominal condition
  ImageView<const std::uint8_t> variation_band;  // between the outermost and the innermost print
  double pixel_nm = 1.0;
  double origin_x_nm = 0.0, origin_y_nm = 0.0;   // of the images' lower left corner
  std::string title;   // name and condition
  std::string figures;  // of merit, below it
};

// The area around target, mask and print, with axes in um, a legend and a scale bar. Layers that are empty
// views are left out, from the legend too. Throws Error(invalid_argument) if two layers differ in size.
Drawing draw_preview(const PreviewLayers& layers);

}  // namespace reticle
