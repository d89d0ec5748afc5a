// The layout of `reticle correct`: geometry by window, and what identifies it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "litho/chip/tiling.h"
#include "litho/geometry/polygon.h"

namespace reticle::tools {

struct LayoutSelection {
  std::vector<std::string> layers;  // "11/0"; merged
  std::string cell;                 // empty: the top cell
  std::string window_um;            // "x0,y0,x1,y1"; empty: all of the layout
};

struct LayoutInput {
  GeometrySource geometry;
  Box window;          // to be corrected, nm
  std::string sha256;  // of the file
  std::string selection;
  double dbu_nm = 1.0;
};

// Throws Error(bad_input) naming what is there if layer or cell is not, and if the window does not
// meet the layout.
LayoutInput open_layout(const std::filesystem::path& path, const LayoutSelection& selection);

}  // namespace reticle::tools
