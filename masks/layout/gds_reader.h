// SPDX-License-Identifier: Apache-2.0
// GDSII stream files into a cell library. [Calma GDSII Stream Format Manual, release 6.0]
#pragma once

#include <filesystem>

#include "masks/layout/cell_library.h"

namespace reticle::layout {

// Boundaries, boxes, paths (as their outline) and references; nodes and properties are passed over,
// and how a text is drawn. Throws Error(bad_input) naming the byte for anything malformed or
// truncated.
Library read_gds(const std::filesystem::path& path, const KeptLayers& kept = {});

}  // namespace reticle::layout
