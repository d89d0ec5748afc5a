// SPDX-License-Identifier: Apache-2.0
// Masks and clips as pictures and arrays: what the stored numbers stand for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "kernels/base/image.h"

namespace reticle {

namespace hdf5 {
class Group;
}

// Where the first row of a picture or array lies. Where nothing is said, a picture's is the top, as it is
// shown, and an array's (HDF5, NumPy) the bottom, as row = y has it.
enum class FirstRow { top, bottom };

// Parts of the way from outside (0) to inside (1), rows in +y.
struct PixelMask {
  Image<float> inside;
  Grid grid;
  bool is_binary = true;  // nothing but 0 and 1
  std::string taken_as;   // "8-bit numbers as parts of 255"
};

struct PixelMaskOptions {
  double pixel_nm = 1.0;  // of files that do not say; their corner is (0, 0)
  std::optional<FirstRow> first_row;
};

// PNG: numbers as parts of white; where the largest is 1 as 0 and 1; 16 bits up to 255 as parts of 255; one
// colour on a transparent ground as what is drawn; of two colours the lighter one is inside, more are grey by their
// luminance. NumPy (.npy) and HDF5 (dataset `mask` with attributes
// pixel_nm and origin_nm): truth values, 0 and 1, whole numbers as parts of 255 (above that of 65535), or fractions from
// 0 to 1. Warns (masks/warnings.h) of what is taken in another way than stored, and if all is empty or full.
// Throws Error(bad_input) for NaN and numbers outside 0..1, naming the place, and what the readers throw.
PixelMask read_pixel_mask(const std::filesystem::path& path, const PixelMaskOptions& options = {});

// The same of a dataset of an open file, rows in +y.
PixelMask read_pixel_mask(const hdf5::Group& group, const std::string& dataset, const std::string& file);

// 1 where more than half inside. With the file's name it warns where grey is cut, and if that leaves nothing or all.
Image<std::uint8_t> cut_at_half(const Image<float>& inside);
Image<std::uint8_t> cut_at_half(const PixelMask& mask, const std::string& file);

}  // namespace reticle
