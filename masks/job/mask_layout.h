// SPDX-License-Identifier: Apache-2.0
// The corrected mask of a layout as a layout, written block by block: a cell for each distinct mask of a tile, placed
// wherever it stands by the cell of its block. Tiles whose outlines are equal share a cell, whatever they were
// computed from; those without any have none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "litho/chip/tiling.h"
#include "masks/job/block_file.h"
#include "masks/layout/cell_sink.h"

namespace reticle {

enum class InputLayers { dropped, kept };

struct MaskLayoutOptions {
  std::filesystem::path path;  // .gds or .oas; empty: mask.gds in the job's folder
  layout::LayerId layer{1, 0};
  std::optional<double>
      tolerance_nm;  // outlines keep within it of the mask's pixels; none: one pixel
  InputLayers input = InputLayers::dropped;
};

MaskOutlines mask_outlines(const TileMask& mask, const TilePlan& plan, double pixel_nm,
                           double tolerance_nm, double dbu_nm);

class MaskLayoutWriter {
 public:
  // `input` and `cell`: of the layout that was corrected; its cells come along when they are kept, and the
  // mask then stands in the cell that was corrected.
  MaskLayoutWriter(const std::filesystem::path& path, const TilePlan& plan, double dbu_nm,
                   const MaskLayoutOptions& options, std::filesystem::path input, std::string cell);
  // Blocks in order: the same blocks give the same bytes.
  void add(BlockIndex block, const BlockResults& results);
  // Throws Error(bad_input) for coordinates beyond 32 bits, Error(io) if it cannot be written.
  void finish();
  // Masks of tiles, that without an outline among them.
  std::size_t distinct() const { return cells_ + (any_without_outline_ ? 1 : 0); }

 private:
  std::optional<std::size_t> cell_of(const MaskOutlines& outlines);

  TilePlan plan_;
  double dbu_nm_;
  MaskLayoutOptions options_;
  std::filesystem::path input_;
  std::string cell_;
  std::unique_ptr<layout::CellSink> sink_;
  std::unordered_map<std::uint64_t, std::size_t> known_;  // cells by the first bits of their outlines' hashes
  std::size_t cells_ = 0;
  bool any_without_outline_ = false;
  std::vector<layout::Reference> blocks_;
};

}  // namespace reticle
