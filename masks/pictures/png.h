// SPDX-License-Identifier: Apache-2.0
// PNG pictures, by libpng.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "kernels/base/image.h"
#include "masks/pictures/drawing.h"

namespace reticle {

// Row 0 is the top line of the picture. Throws Error(io) if the file cannot be written.
void write_png(const std::filesystem::path& path, const Image<std::uint8_t>& picture);
void write_png(const std::filesystem::path& path, const Image<Rgb>& picture);

// The same file in memory, for pages that hold their pictures.
std::vector<std::uint8_t> png_bytes(const Image<Rgb>& picture);

// Grey values as parts of white: what is stored, over 255 or, of 16 bits, over 65535. No gamma,
// whatever the file says about screens. The picture's top line becomes the last row. Throws as
// read_png_mask().
Image<double> read_png_grey(const std::filesystem::path& path);

// Grey and opacity as parts of the largest number, the picture's top line first. Colours are grey by their
// luminance; where a picture has two, `drawn` tells them apart.
struct StoredPicture {
  Image<float> grey;
  Image<float> alpha;  // empty: the file has none
  int bits = 8;        // of a number in the file: 1, 2, 4, 8 or 16
  bool has_colours = false;
  Image<float> drawn;  // of two colours that are not both grey: 1 where the lighter one is; else empty
};
StoredPicture read_png_stored(const std::filesystem::path& path);

// Reads a picture as binary pixels: 1 where the grey value is above half of white; transparent is
// black. The picture's top line becomes the last row, for rows run in +y. Throws Error(bad_input)
// naming the file if it is not a sound PNG of at most 2^28 pixels, Error(io) if it cannot be read.
Image<std::uint8_t> read_png_mask(const std::filesystem::path& path);

}  // namespace reticle
