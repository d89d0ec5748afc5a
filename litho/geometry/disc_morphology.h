// SPDX-License-Identifier: Apache-2.0
// Morphology of binary masks by a disc, 64 pixels at a time.
//
// Opening keeps what a disc inside the shape can reach: parts narrower than the disc go. Closing
// does the same to the clear: gaps narrower than the disc are filled. [Serra 1982]
#pragma once

#include "litho/geometry/bit_image.h"

namespace reticle {

// The disc holds the pixels whose centre lies within diameter_px / 2 of its own. All throw
// Error(invalid_argument) for a diameter above 120 pixels; one below 1 changes nothing. Beyond an
// image's frame its outermost pixels go on. Images and results include their frame.
BitImage dilated(const BitImage& image, double diameter_px);
BitImage eroded(const BitImage& image, double diameter_px);
BitImage opened(const BitImage& image, double diameter_px);
BitImage closed(const BitImage& image, double diameter_px);

// How far from a pixel the disc reaches along rows and columns; 0 below a diameter of 1.
int disc_reach(double diameter_px);

// The same within the box, in x rounded out to whole words; the rest of `out`, which is of the size
// of `in` and another image, stays as it is.
void dilate_within(const PixelBox& box, const BitImage& in, double diameter_px, BitImage& out);
void erode_within(const PixelBox& box, const BitImage& in, double diameter_px, BitImage& out);

}  // namespace reticle
