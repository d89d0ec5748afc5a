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
};

// Coordinates in the file are um. Throws Error(io) if it cannot be written.
void write_markers(const std::filesystem::path& path, const std::string& description,
                   const std::string& cell, const std::vector<Marker>& markers);

}  // namespace reticle
