// SPDX-License-Identifier: Apache-2.0
// SHA-256 of files.
#pragma once

#include <filesystem>
#include <string>

#include "kernels/base/sha256.h"

namespace reticle {

// Throws Error(io) if the file cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace reticle
