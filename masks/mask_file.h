// SPDX-License-Identifier: Apache-2.0
// Corrected masks on disk: schema "reticle-mask" in HDF5 (masks/SCHEMA.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// One row for each iteration; the columns' names say quantity and unit.
struct HistoryTable {
  std::vector<std::string> columns;
  std::vector<double> values;  // [row][column]
  bool operator==(const HistoryTable&) const = default;
};

struct MaskFile {
  Grid grid;
  Image<std::uint8_t> mask;    // 1 = inside the drawn polarity
  Image<std::uint8_t> target;  // of the same size; empty: a mask of another program that has none
  std::vector<Polygon> outlines;  // of the mask exactly, nm, holes clockwise; empty: the pixels are the mask
  Image<float> grey;           // the optimised field, zero at the mask's edge; empty: not kept
  Grid grey_grid;              // may be coarser
  std::map<std::string, double> metrics;
  HistoryTable history;  // no columns: not kept
  std::string recipe;    // TOML
  std::string model_hash;
  std::string input_sha256;
  std::string tool_version;
};

// Also a mask of another program, which holds `mask` with pixel_nm and origin_nm and perhaps `target`
// (masks/pixel_mask.h). Throws Error(bad_input) naming file, dataset and remedy; Error(io) if the file cannot be read.
MaskFile read_mask(const std::filesystem::path& path);

// Of a mask made of edges, what it is exactly, in its grid's window; none where the pixels are the mask.
std::optional<Design> read_edge_mask(const std::filesystem::path& path);

// Same contents, same bytes. Throws Error(invalid_argument) if images and grid differ in size,
// Error(io) if the file cannot be written.
void write_mask(const std::filesystem::path& path, const MaskFile& file);

}  // namespace reticle
