// SPDX-License-Identifier: Apache-2.0
// The layout of a correction job: geometry by window, and what identifies it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "litho/chip/array_tiles.h"
#include "litho/chip/tiling.h"
#include "litho/geometry/polygon.h"
#include "masks/design_file.h"
#include "masks/layout/drawn_instances.h"

namespace reticle {

// The hierarchy of what is drawn in a box, nm; empty where no cell places another one.
using DrawnCells = std::function<layout::DrawnInstances(const Box&)>;

struct LayoutInput {
  GeometrySource geometry;
  DrawnSource drawn;   // the same; none of GLP
  Box window;          // to be corrected, nm
  Box extent;          // of all that is drawn
  std::function<LayoutArrays()> arrays = [] { return LayoutArrays(); };  // looked for when asked
  DrawnCells cells;
  std::string sha256;  // of the file
  std::string selection;
  // Writes an index for who opens the layout next, unless somebody has since it was looked for; none where there is a good one.
  std::function<void()> write_index;
  std::string index_remark;  // why an index that is there was not used
  std::string top_cell;  // the one asked for, or the layout's only one; of a GLP file its name
  double dbu_nm = 1.0;
};

// Of a job in that folder.
std::filesystem::path layout_index_in(const std::filesystem::path& job_folder);

// By the index (masks/layout/layout_index.h) where there is a good one; GLP has none. Throws Error(bad_input) naming what is
// there if layer or cell is not, and if the window does not meet the layout.
LayoutInput open_layout(const std::filesystem::path& path, const LayoutPart& part, const std::filesystem::path& index = {});

}  // namespace reticle
