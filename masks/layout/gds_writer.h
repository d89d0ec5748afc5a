// Polygons into a GDSII file of one cell.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "litho/geometry/polygon.h"
#include "masks/layout/cell_library.h"

namespace reticle {

struct LayerPolygons {
  layout::LayerId layer;
  std::vector<Polygon> polygons;  // nm, without overlaps; holes joined to their outline by a cut
};

struct GdsOptions {
  std::string cell = "TOP";
  double dbu_nm = 1.0;
};

// Coordinates are rounded to whole database units; polygons of more than 8,190 points are cut up.
// No time of writing is stored: the same polygons give the same bytes. Throws Error(bad_input) for
// coordinates beyond 32 bits of database units or a database unit that is not positive, Error(io) if
// the file cannot be written.
void write_gds(const std::filesystem::path& path, const std::vector<LayerPolygons>& layers,
               const GdsOptions& options);

}  // namespace reticle
