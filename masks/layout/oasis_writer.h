// SPDX-License-Identifier: Apache-2.0
// A cell library into an OASIS file. [SEMI P39-0416]
#pragma once

#include <filesystem>
#include <memory>

#include "masks/layout/cell_library.h"
#include "masks/layout/cell_sink.h"

namespace reticle::layout {

// Cells, shapes, texts and placements as they are, each cell compressed, with a CRC-32 over the
// file. The same library gives the same bytes. Throws Error(bad_input) for cell names OASIS does
// not allow, Error(io) if the file cannot be written.
void write_oasis(const std::filesystem::path& path, const Library& library);

// The same, cell by cell.
std::unique_ptr<CellSink> open_oasis_sink(const std::filesystem::path& path, double dbu_nm);

}  // namespace reticle::layout
