// SPDX-License-Identifier: Apache-2.0
// A layout file that is written one cell at a time, in memory for one.
#pragma once

#include <filesystem>
#include <memory>

#include "masks/layout/cell_library.h"

namespace reticle::layout {

class CellSink {
 public:
  virtual ~CellSink() = default;
  // Cells may refer to others that come before or after. Throws as the format's writer.
  virtual void add(const Cell& cell) = 0;
  // Puts the file in place; without it nothing is left.
  virtual void finish() = 0;
};

// .gds or .oas. Throws Error(unsupported) for any other extension.
std::unique_ptr<CellSink> open_cell_sink(const std::filesystem::path& path, double dbu_nm);

}  // namespace reticle::layout
