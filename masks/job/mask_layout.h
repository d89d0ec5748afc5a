// The corrected mask of a layout as a layout: a cell for each distinct tile, placed wherever it
// stands.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "litho/chip/tile_result.h"
#include "litho/chip/tiling.h"
#include "masks/layout/cell_library.h"

namespace reticle {

enum class InputLayers { dropped, kept };

struct MaskLayoutOptions {
  std::filesystem::path path;  // .gds or .oas; empty: mask.gds in the job's folder
  layout::LayerId layer{1, 0};
  std::optional<double>
      tolerance_nm;  // outlines keep within it of the mask's pixels; none: one pixel
  InputLayers input = InputLayers::dropped;
};

class MaskLayout {
 public:
  MaskLayout(const TilePlan& plan, double pixel_nm, double dbu_nm,
             const MaskLayoutOptions& options);
  // Results in the order that write() refers to.
  void add_result(const TileMask& mask);
  // results: [tile] place of its result, -1 where nothing is drawn. The input's cells come along
  // when they are kept; the mask then stands in the cell that was corrected. Throws
  // Error(bad_input) for coordinates beyond 32 bits, Error(io) if it cannot be written.
  void write(const std::filesystem::path& path, const std::vector<TileIndex>& tiles,
             const std::vector<std::int32_t>& results, const std::filesystem::path& input,
             const std::string& cell);

 private:
  TilePlan plan_;
  double pixel_nm_;
  MaskLayoutOptions options_;
  layout::LayerId layer_;
  layout::Library library_;
};

}  // namespace reticle
