// SPDX-License-Identifier: Apache-2.0
// A cell library into a GDSII stream file. [Calma GDSII Stream Format Manual, release 6.0]
#pragma once

#include <filesystem>
#include <memory>

#include "masks/layout/cell_library.h"
#include "masks/layout/cell_sink.h"

namespace reticle::layout {

// Cells, shapes, texts and placements as they are; polygons of more than 8,190 points are cut up.
// No time of writing is stored: the same library gives the same bytes. Throws Error(bad_input) for
// layers beyond 16 bits, Error(io) if the file cannot be written.
void write_gds(const std::filesystem::path& path, const Library& library);

// The same, cell by cell.
std::unique_ptr<CellSink> open_gds_sink(const std::filesystem::path& path, double dbu_nm);

}  // namespace reticle::layout
