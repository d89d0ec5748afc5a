// Preview: one picture of a clip to look at: target, mask, printed contour and process window band.
#pragma once

#include <cstdint>

#include "kernels/base/image.h"

namespace reticle {

struct Rgb {
  std::uint8_t r = 0, g = 0, b = 0;
  bool operator==(const Rgb&) const = default;
};

// Binary images of one grid, 1 inside; rows upwards as everywhere.
struct PreviewLayers {
  ImageView<const std::uint8_t> target;
  ImageView<const std::uint8_t> mask;
  ImageView<const std::uint8_t> printed;         // at the nominal condition
  ImageView<const std::uint8_t> variation_band;  // between the outermost and the innermost print
  double pixel_nm = 1.0;                         // for the scale bar
};

// The area around target, mask and print, with a legend and a scale bar below. Row 0 is the top
// row, as pictures have it. Layers that are empty views are left out, from the legend too. Throws
// Error(invalid_argument) if two layers differ in size.
Image<Rgb> draw_preview(const PreviewLayers& layers);

}  // namespace reticle
