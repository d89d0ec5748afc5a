// SPDX-License-Identifier: Apache-2.0
// The corrected mask of a layout as a layout, written block by block: a cell for each distinct mask of a tile, placed
// wherever it stands by the cell of its block. Tiles whose outlines are equal share a cell, whatever they were
// computed from; those without any have none. Or, block by block as well, in the cells that were drawn.
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
#include "masks/job/drawn_cell_masks.h"
#include "masks/job/layout_input.h"
#include "masks/layout/cell_sink.h"

namespace reticle {

enum class InputLayers { dropped, kept };
enum class MaskCells { tiles, drawn };  // what the mask's cells are masks of

inline constexpr double k_outline_pixels = 1.2;

struct MaskLayoutOptions {
  std::filesystem::path path;  // .gds or .oas; empty: mask.gds in the job's folder
  layout::LayerId layer{1, 0};
  std::optional<double>
      tolerance_nm;  // outlines keep within it of the mask's pixels; none: k_outline_pixels of them
  InputLayers input = InputLayers::dropped;
  MaskCells cells = MaskCells::tiles;
};

MaskOutlines mask_outlines(const TileMask& mask, const TilePlan& plan, double pixel_nm,
                           double tolerance_nm, double dbu_nm);

class MaskLayoutWriter {
 public:
  // `input` and `cell`: of the layout that was corrected; its cells come along when they are kept, and the
  // mask then stands in the cell that was corrected. `drawn`: for a mask in the cells that were drawn.
  MaskLayoutWriter(const std::filesystem::path& path, const TilePlan& plan, double dbu_nm,
                   const MaskLayoutOptions& options, std::filesystem::path input, std::string cell,
                   DrawnCells drawn = {});
  // Blocks in order: the same blocks give the same bytes.
  void add(BlockIndex block, const BlockResults& results);
  // Throws Error(bad_input) for coordinates beyond 32 bits, Error(io) if it cannot be written.
  void finish();
  // Masks of tiles, that without an outline among them, whatever the cells they are written in.
  std::size_t distinct() const { return distinct_ + (any_without_outline_ ? 1 : 0); }

 private:
  bool add_drawn(BlockIndex block, const BlockResults& results);
  void add_tiles(BlockIndex block, const BlockResults& results);
  void add_first();
  void place(layout::Cell cell);
  std::optional<std::size_t>& counted(const MaskOutlines& outlines);
  std::optional<std::size_t> cell_of(const MaskOutlines& outlines);
  void write_waiting();

  TilePlan plan_;
  double dbu_nm_;
  MaskLayoutOptions options_;
  std::filesystem::path input_;
  std::string cell_;
  std::unique_ptr<layout::CellSink> sink_;
  // Masks by the first bits of their outlines' hashes, with the cell where one is written.
  std::unordered_map<std::uint64_t, std::optional<std::size_t>> known_;
  std::optional<std::size_t> forgotten_;  // cell of a mask beyond those
  std::size_t distinct_ = 0, cells_ = 0;
  bool any_without_outline_ = false;
  std::vector<MaskOutlines> waiting_;  // of the last cells: those that are alike are written one after another
  std::size_t waiting_corners_ = 0;
  std::vector<layout::Reference> blocks_;
  DrawnCells drawn_;
  std::string top_;                         // as drawn
  std::unique_ptr<DrawnCellMasks> masks_;   // of drawn cells, from the first block on
  std::optional<layout::Cell> first_;       // block, as long as it may be the only one
};

}  // namespace reticle
