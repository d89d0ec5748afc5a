// SPDX-License-Identifier: Apache-2.0
// TIFF and JPEG pictures as numbers, by libtiff and libjpeg; bundles are built without them.
#pragma once

#include <filesystem>

#include "kernels/base/image.h"

namespace reticle {

// Whether a name ends as one of a TIFF or a JPEG does.
bool is_tiff_or_jpeg_name(const std::filesystem::path& path);

// Grey values, the picture's top line the last row: whole numbers as parts of white, floating ones of a TIFF as they
// are. Throws Error(bad_input) naming the file if it is no sound picture of one channel and at most 2^20 pixels, and
// Error(unsupported) in a build without the libraries.
Image<double> read_grey_picture(const std::filesystem::path& path);

}  // namespace reticle
