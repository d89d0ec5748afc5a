// SPDX-License-Identifier: Apache-2.0
// GLP: the layout text of the ICCAD-2013 contest. RECT and PGON in whole numbers of the unit that EQUIV names
// (nm where it is missing), of one level and one cell.
#pragma once

#include <filesystem>

#include "litho/geometry/polygon.h"

namespace reticle {

// Shapes beyond the window: a clip that loses some would be printed and scored without them.
enum class BeyondWindow { refuse, keep };

// The contest draws around (0, 0)..(1024, 1024) and places that in the middle of a 2048 nm window.
struct GlpOptions {
  double offset_x_nm = 512.0;  // added to every coordinate
  double offset_y_nm = 512.0;
  double window_width_nm = 2048.0;  // the window starts at (0, 0), after the shift
  double window_height_nm = 2048.0;
  BeyondWindow beyond = BeyondWindow::refuse;
};

// Overlapping shapes are merged; one that crosses itself covers what it winds around. Throws Error(bad_input)
// "FILE:LINE: ..." on malformed text, shapes of several levels or cells, a unit or axes it does not know and
// shapes beyond the window, Error(io) if the file cannot be read.
Design read_glp(const std::filesystem::path& path, const GlpOptions& options = {});

}  // namespace reticle
