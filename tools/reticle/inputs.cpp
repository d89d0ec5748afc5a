// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/pixel_polygons.h"
#include "litho/imaging/pixel_field.h"
#include "masks/file_names.h"
#include "masks/layout/layout.h"

namespace reticle::tools {

void add_layout_options(CLI::App& command, LayoutOptions& options) {
  command.add_option("--layer", options.layers, "of a layout: LAYER/DATATYPE, several are merged");
  command.add_option("--cell", options.cell, "of a layout; its only top cell when not given");
  command.add_option("--window", options.window_um,
                     "x0,y0,x1,y1 of a layout, um; the cell's bounding box when not given");
  command
      .add_option("--first-row", options.first_row,
                  "where the first row of pixels lies: top (a picture's, when not given) or bottom (row = y; an array's)")
      ->check(CLI::IsMember({"top", "bottom"}));
}

Box window_from_text(const std::string& text) {
  constexpr double k_farthest_um = 1e6;
  double w[4] = {};
  const char* next = text.data();
  const char* const end = next + text.size();
  bool good = true;
  for (int i = 0; i < 4 && good; ++i) {
    const auto [after, code] = std::from_chars(next, end, w[i]);
    good = code == std::errc{} && std::abs(w[i]) <= k_farthest_um &&
           (i == 3 ? after == end : after != end && *after == ',');
    next = after + 1;
  }
  if (!good || !(w[0] < w[2] && w[1] < w[3])) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("--window '{}': takes x0,y0,x1,y1 in um with x0 < x1 and y0 < y1, all "
                            "from -1e6 to 1e6",
                            text));
  }
  return {1e3 * w[0], 1e3 * w[1], 1e3 * w[2], 1e3 * w[3]};
}

LayoutPart layout_part(const LayoutOptions& options) {
  LayoutPart part{.cell = options.cell};
  for (const std::string& layer : options.layers) part.layers.push_back(layer_from_text(layer));
  if (!options.first_row.empty())
    part.first_row = options.first_row == "top" ? FirstRow::top : FirstRow::bottom;
  if (!options.window_um.empty()) part.window = window_from_text(options.window_um);
  return part;
}

Design read_target(const std::filesystem::path& path, const LayoutPart& part) {
  DesignOptions options;
  options.layout = part;
  options.mask_layer = MaskLayer::target;
  DesignSource source = read_design(path, options);
  if (auto* design = std::get_if<Design>(&source)) return std::move(*design);
  const PixelDesign& pixels = std::get<PixelDesign>(source);
  return {polygons_of(pixels.pixels.view(), pixels.grid), box_of(pixels.grid)};
}

Box window_of(const DesignSource& source) {
  if (const auto* design = std::get_if<Design>(&source)) return design->window;
  return box_of(std::get<PixelDesign>(source).grid);
}

std::vector<Polygon> polygons_within(const std::vector<Polygon>& polygons, const Box& field) {
  const bool all_inside = std::all_of(polygons.begin(), polygons.end(), [&](const Polygon& polygon) {
    return std::all_of(polygon.begin(), polygon.end(), [&](const Point& p) {
      return p.x >= field.x0 && p.x <= field.x1 && p.y >= field.y0 && p.y <= field.y1;
    });
  });
  return all_inside ? polygons : clip(polygons, field);
}

int condition_index(const OpticalModel& model, const std::string& name) {
  if (name.empty()) return 0;
  return static_cast<int>(&model.condition(name) - model.conditions.data());
}

void check_output(const std::filesystem::path& path, Existing existing,
                  const std::vector<std::string>& extensions) {
  if (path == "-")
    throw Error(ErrorCode::invalid_argument, "'-': results are not written to standard output; name a file");
  if (!extensions.empty() &&
      std::find(extensions.begin(), extensions.end(), lower_extension(path)) == extensions.end())
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: is written as {}; name it so", path.string(), fmt::join(extensions, " or ")));
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  if (!std::filesystem::is_directory(folder)) {
    throw Error(ErrorCode::io, fmt::format("{}: there is no folder {} to write to", path.string(),
                                           folder.string()));
  }
  if (std::filesystem::is_directory(path)) {
    throw Error(ErrorCode::io,
                fmt::format("{}: is a folder; name a file to write", path.string()));
  }
  if (std::filesystem::exists(path) && !std::filesystem::is_regular_file(path)) {
    throw Error(ErrorCode::io, fmt::format("{}: is no regular file; name a file to write", path.string()));
  }
  if (existing == Existing::refuse && std::filesystem::exists(path)) {
    throw Error(ErrorCode::bad_input,
                fmt::format("{} is there already; --force replaces it", path.string()));
  }
}

void check_outputs_in(const std::filesystem::path& folder, const std::vector<std::string>& names, Existing existing) {
  if (folder == "-")
    throw Error(ErrorCode::invalid_argument, "'-': results are not written to standard output; name a folder");
  if (!std::filesystem::is_directory(folder)) return;
  for (const std::string& name : names) check_output(folder / name, existing);
}

void make_folder(const std::filesystem::path& folder) {
  check_outputs_in(folder, {}, Existing::refuse);
  std::error_code status;
  for (std::filesystem::path part = folder; !part.empty() && part != part.root_path(); part = part.parent_path()) {
    if (!std::filesystem::exists(part, status)) continue;
    if (std::filesystem::is_directory(part, status)) break;
    throw Error(ErrorCode::io, fmt::format("{}: {} is a file; name a folder for the results", folder.string(),
                                           part == folder ? "this" : part.string()));
  }
  std::filesystem::create_directories(folder, status);
  if (status) {
    throw Error(ErrorCode::io, fmt::format("{}: this folder cannot be made: {}", folder.string(),
                                           status.message()));
  }
}

Grid grid_over(const Box& window, double pixel_nm) {
  constexpr double k_most_pixels = 1 << 30;
  // A millionth of a pixel: room for the rounding of sizes such as 0.1 nm.
  const double cols = std::ceil(window.width() / pixel_nm - 1e-6);
  const double rows = std::ceil(window.height() / pixel_nm - 1e-6);
  if (cols * rows > k_most_pixels) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("pixels of {} nm over {} x {} nm would be {:.0f} x {:.0f}; choose a "
                            "coarser pixel",
                            pixel_nm, window.width(), window.height(), rows, cols));
  }
  return {static_cast<int>(rows), static_cast<int>(cols), pixel_nm, window.x0, window.y0};
}

}  // namespace reticle::tools
