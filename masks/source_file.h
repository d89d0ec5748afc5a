// SPDX-License-Identifier: Apache-2.0
// Freeform illumination maps.
#pragma once

#include <array>
#include <filesystem>

#include "kernels/base/image.h"

namespace reticle {

// Pixels over sigma -reach..reach of the longer side; rows run in +sigma_y, columns in +sigma_x.
struct SourceMap {
  double reach = 1.0;
  Image<double> light;                   // S0
  std::array<Image<double>, 3> stokes;   // S1, S2, S3 of each pixel; empty where the file has none
};

// HDF5: dataset `source` [rows, cols] and, optional, `stokes` [3, rows, cols], both float64; CSV: a
// line of numbers for each row, the first the lowest sigma_y, or points, sigma_x, sigma_y, intensity on each line under
// such a heading (or without one where a coordinate is negative), on a square grid about the axis; PNG, TIFF,
// JPEG: grey values as parts of white, without gamma, the top line the highest sigma_y. Throws Error(bad_input) naming file
// and place, Error(io) if it cannot be read.
SourceMap read_source_map(const std::filesystem::path& path);

}  // namespace reticle
