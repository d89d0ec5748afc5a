// A cell library into a GDSII stream file. [Calma GDSII Stream Format Manual, release 6.0]
#pragma once

#include <filesystem>

#include "masks/layout/cell_library.h"

namespace reticle::layout {

// Cells, shapes, texts and placements as they are; polygons of more than 8,190 points are cut up.
// No time of writing is stored: the same library gives the same bytes. Throws Error(bad_input) for
// layers beyond 16 bits, Error(io) if the file cannot be written.
void write_gds(const std::filesystem::path& path, const Library& library);

}  // namespace reticle::layout
