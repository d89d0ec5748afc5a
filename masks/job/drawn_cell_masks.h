// SPDX-License-Identifier: Apache-2.0
// A mask in the hierarchy that was drawn: for each drawn cell as many cells as there are different masks of it, by its
// surroundings, and references where the drawn one is placed.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "masks/job/block_file.h"
#include "masks/layout/cell_sink.h"
#include "masks/layout/drawn_instances.h"

namespace reticle {

class DrawnCellMasks {
 public:
  // Cells are named as drawn, further ones NAME$1, NAME$2 and so on, the most used of a block first; `taken` names are avoided.
  DrawnCellMasks(layout::CellSink& sink, layout::LayerId layer, const std::vector<std::string>& taken);

  // Writes cells that none of the blocks before had, and returns, without a name, what the instances' first one holds:
  // polygons that are its own, references to cells. Polygons as from whole_polygons(). What is drawn is what is given.
  layout::Cell add(std::vector<std::vector<layout::DbPoint>> polygons, const layout::DrawnInstances& drawn);
  // The name, with a number where it is taken.
  std::string free_name(const std::string& wanted);

 private:
  struct Contents {
    MaskOutlines outlines;
    std::vector<std::pair<std::size_t, layout::Frame>> references;  // which cell of a mask, and where
  };
  struct NewCell {
    std::size_t drawn, number;
    Contents contents;
  };
  std::size_t number_of(std::size_t drawn, Contents contents);
  void write_new(const layout::DrawnInstances& drawn);
  layout::Cell cell_of(const std::string& name, const Contents& contents) const;

  layout::CellSink& sink_;
  layout::LayerId layer_;
  std::unordered_set<std::string> taken_, used_;
  std::unordered_map<std::string, std::size_t> numbers_;  // next one tried after a name
  std::unordered_map<std::string, std::size_t> known_;    // by hash of the contents
  std::vector<std::string> names_;                        // [number]
  std::vector<std::size_t> uses_;                         // [number] references to it
  std::vector<NewCell> new_;
};

}  // namespace reticle
