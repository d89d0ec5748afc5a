// Masks as pixels of 0 to 1: HDF5, NumPy's npy and PNG of 8 or 16 bits, taken as linear.
#pragma once

#include <cstdint>
#include <filesystem>

#include "kernels/base/image.h"

namespace reticle {

// What is drawn of each pixel, or a grey mask's place between the two transmissions.
struct MaskPixels {
  Image<float> drawn;  // 0 to 1, rows in +y
  Grid grid;
  bool is_grey = false;  // holds values between 0 and 1
};

// .h5: dataset /mask, any numbers, with attributes pixel_nm and origin_nm (masks/SCHEMA.md); .npy: two axes,
// row 0 lowest; .png: what is stored over white, the top line highest. npy and PNG know no pixel: `pixel_nm`,
// their corner at (0, 0). Throws Error(bad_input) naming file, pixel and remedy for values outside 0 to 1,
// Error(unsupported) for other kinds of file, Error(io) if it cannot be read.
MaskPixels read_mask_pixels(const std::filesystem::path& path, double pixel_nm);

// Whether the name is one of those.
bool is_pixel_name(const std::filesystem::path& path);

// 1 where more than half is drawn.
Image<std::uint8_t> cut_at_half(const Image<float>& drawn);

}  // namespace reticle
