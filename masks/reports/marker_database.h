// SPDX-License-Identifier: Apache-2.0
// KLayout's marker database (.lyrdb): places on a layout, by category, to step through.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "litho/geometry/polygon.h"

namespace reticle {

struct Marker {
  std::string category;
  Box box;           // layout coordinates, nm
  std::string text;  // shown beside it
  std::vector<double> values;  // likewise, as numbers
};

struct MarkerCategory {
  std::string name, description;
};

// Coordinates in the file are um. Throws Error(io) if it cannot be written.
// Markers belong to the cell, the top one of the layout they are shown on. Categories without a description
// need not be named.
void write_markers(const std::filesystem::path& path, const std::string& description,
                   const std::string& cell, const std::vector<Marker>& markers,
                   const std::vector<MarkerCategory>& categories = {});

}  // namespace reticle
