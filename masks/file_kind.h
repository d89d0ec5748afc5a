// SPDX-License-Identifier: Apache-2.0
// Which of our files this is.
#pragma once

#include <filesystem>

namespace reticle {

enum class FileKind { model, mask, image, job, job_block, other };

// By the schema an HDF5 file names (masks/SCHEMA.md); kernels without one are a model. Other: not
// HDF5. Throws Error(io) if the file cannot be read, Error(bad_input) if it is HDF5 and none of
// ours.
FileKind kind_of(const std::filesystem::path& path);

}  // namespace reticle
