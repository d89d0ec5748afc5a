// SPDX-License-Identifier: Apache-2.0
// Aerial images on disk: schema "reticle-image" in HDF5 (masks/SCHEMA.md).
#pragma once

#include <filesystem>
#include <string>

#include "kernels/base/image.h"

namespace reticle {

struct ImageFile {
  Grid grid;
  Image<float> aerial;    // intensity, fraction of clear field (or the model's own unit)
  std::string condition;  // of the model, e.g. "focus"
  double dose = 1.0;
  std::string model_hash;
  std::string tool_version;
};

// Throws Error(bad_input) naming file, dataset and remedy; Error(io) if the file cannot be read.
ImageFile read_image(const std::filesystem::path& path);

// Throws Error(invalid_argument) if image and grid differ in size, Error(io) if the file cannot be
// written.
void write_image(const std::filesystem::path& path, const ImageFile& file);

}  // namespace reticle
