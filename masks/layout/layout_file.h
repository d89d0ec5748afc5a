// SPDX-License-Identifier: Apache-2.0
// Layout files, whatever their format: GDSII or OASIS, told by content when read and by extension
// when written.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "litho/geometry/polygon.h"
#include "masks/layout/cell_library.h"

namespace reticle {

// Plain or gzip. Throws Error(bad_input) naming file and byte for anything malformed, Error(io) if
// the file cannot be read.
layout::Library read_library(const std::filesystem::path& path, const layout::KeptLayers& kept = {});

// The same with placements where references were, in paged memory: for layouts that are asked for windows.
layout::Library read_placements(const std::filesystem::path& path, const layout::KeptLayers& kept);

// .gds or .oas. Throws Error(unsupported) for any other extension, and what the format's writer
// throws.
void write_library(const std::filesystem::path& path, const layout::Library& library);

// Whether write_library() knows the extension, or read_library() is likely to read the file.
bool is_layout_name(const std::filesystem::path& path);

struct LayerPolygons {
  layout::LayerId layer;
  std::vector<Polygon> polygons;  // nm, without overlaps; holes joined to their outline by a cut
};

struct CellOptions {
  std::string cell = "TOP";
  double dbu_nm = 1.0;
};

// A library of one cell; coordinates are rounded to whole database units. Throws Error(bad_input)
// for coordinates beyond 32 bits of them, naming the polygon's place, or a unit that is not
// positive.
layout::Library library_of(const std::vector<LayerPolygons>& layers, const CellOptions& options);

}  // namespace reticle
