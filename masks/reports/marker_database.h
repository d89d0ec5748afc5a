// SPDX-License-Identifier: Apache-2.0
// KLayout's marker database (.lyrdb): places on a layout, by category, to step through.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "litho/geometry/polygon.h"
#include "masks/output_file.h"

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

// A database written one marker at a time. Markers belong to the cell, the top one of the layout they are shown on.
// Coordinates in the file are um. Throws Error(io) if it cannot be written.
class MarkerFile {
 public:
  // All categories that markers will be of.
  MarkerFile(const std::filesystem::path& path, const std::string& description, const std::string& cell,
             const std::vector<MarkerCategory>& categories);
  void add(const Marker& marker);
  // Puts the file in place; without it nothing is left.
  void finish();

 private:
  OutputText file_;
  std::string cell_;  // as XML
};

// The same of markers that are there already.
void write_markers(const std::filesystem::path& path, const std::string& description,
                   const std::string& cell, const std::vector<Marker>& markers);

}  // namespace reticle
