// SPDX-License-Identifier: Apache-2.0
// OASIS files into a cell library. [SEMI P39-0416]
#pragma once

#include <filesystem>

#include "masks/layout/cell_library.h"

namespace reticle::layout {

// All shapes (circles as polygons of 64 points) and placements; texts; names of layers, properties
// and extensions are passed over. A regular repetition of many shapes becomes an array of a cell of
// its own, named after its cell. A checksum, where the file has one, is checked. Throws
// Error(bad_input) naming the byte for anything malformed or truncated.
Library read_oasis(const std::filesystem::path& path, const KeptLayers& kept = {});

}  // namespace reticle::layout
