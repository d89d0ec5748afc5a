// SPDX-License-Identifier: Apache-2.0
// Optical models on disk: schema "reticle-model" in HDF5 (masks/SCHEMA.md).
#pragma once

#include <filesystem>
#include <string>

#include "litho/imaging/optical_model.h"

namespace reticle {

// Reads a model, validated. Also imports plain kernel files: groups focus/ and defocus/ with
// kernels [K, ny, nx] complex and weights [K], root attributes period_nm and threshold; focus comes
// first. Throws Error(bad_input) naming file, dataset and remedy; Error(io) if the file cannot be
// read.
OpticalModel read_model(const std::filesystem::path& path);

// Whether the file says what the mask is and where the feature prints; older ones do not: then it is binary,
// clear and exposed where drawn.
bool states_mask(const std::filesystem::path& path);

// Throws Error(bad_input) if the model is not valid, Error(io) if it cannot be written.
void write_model(const std::filesystem::path& path, const OpticalModel& model);

// SHA-256 of what decides the images: period, mask, resist, conditions in order, kernels,
// weights. A binary mask, clear and exposed where drawn, adds nothing.
std::string model_hash(const OpticalModel& model);

}  // namespace reticle
