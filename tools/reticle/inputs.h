// SPDX-License-Identifier: Apache-2.0
// What the command line names: designs and masks to read, and places to write to.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"
#include "masks/design_file.h"

namespace reticle::tools {

// --layer, --cell, --window and --first-row as typed.
struct LayoutOptions {
  std::vector<std::string> layers;
  std::string cell;
  std::string window_um;
  std::string first_row;  // of pixels: "top", "bottom" or empty
};
// "x0,y0,x1,y1" in um, as nm. Throws Error(invalid_argument) for anything else.
Box window_from_text(const std::string& text);

void add_layout_options(CLI::App& command, LayoutOptions& options);
// Throws Error(bad_input) for a layer or window that makes no sense.
LayoutPart layout_part(const LayoutOptions& options);

// A target as polygons, whatever it was stored as; of a mask file the target is meant.
Design read_target(const std::filesystem::path& path, const LayoutPart& part = {});

Box window_of(const DesignSource& source);

// Polygons that reach beyond a periodic field would come back in at its other side: they are cut.
std::vector<Polygon> polygons_within(const std::vector<Polygon>& polygons, const Box& field);

// Place of the condition in the model; the first one for an empty name.
// Throws Error(bad_input) naming the conditions the model holds.
int condition_index(const OpticalModel& model, const std::string& name);

enum class Existing { refuse, replace };

// Before the work, not after it: throws Error(invalid_argument) if the name ends in none of the extensions
// (".png"; any, if there are none) or is "-", Error(bad_input) if the file is there and may not be replaced,
// Error(io) if it is no regular file or its folder is not there. Every command checks its outputs here.
void check_output(const std::filesystem::path& path, Existing existing,
                  const std::vector<std::string>& extensions = {});

// The same of files in a folder of results, which need not be there yet.
void check_outputs_in(const std::filesystem::path& folder, const std::vector<std::string>& names, Existing existing);

// With all folders above it; one that is there will do. Throws Error(io) naming what stands in the way.
void make_folder(const std::filesystem::path& folder);

// The smallest grid of this pixel over the window, from its lower left corner.
// Throws Error(invalid_argument) if that is more than 2^30 pixels.
Grid grid_over(const Box& window, double pixel_nm);

}  // namespace reticle::tools
