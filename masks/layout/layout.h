// SPDX-License-Identifier: Apache-2.0
// Layout: a hierarchical layout file, asked for the geometry of one window at a time.
//
// The file is parsed once into cells and references; nothing is ever flattened. Beyond a few megabytes shapes and
// references lie in a file (paged_memory.h) whose pages are in memory while they are looked at; a window costs what
// lies in it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "litho/chip/array_tiles.h"
#include "litho/chip/tiling.h"
#include "litho/geometry/polygon.h"
#include "masks/layout/cell_library.h"
#include "masks/layout/drawn_instances.h"

namespace reticle {

using layout::LayerId;

// "11/0"; a datatype left out is 0. Throws Error(bad_input) for anything else.
LayerId layer_from_text(const std::string& text);
std::string to_string(const LayerId& layer);

struct LayerSummary {
  LayerId layer;
  std::size_t shapes = 0;  // as drawn, each cell once
  Box extent;              // over all top cells, nm
};

namespace layout {

// What is left of a layout file once it is read: cells after those that they place, and what there is to say of all.
struct SettledCells {
  std::shared_ptr<const Library> library;
  std::vector<std::string> top_cells;
  std::vector<LayerId> layers;  // that hold shapes, of those not kept too
};

}  // namespace layout

class Layout {
 public:
  // GDSII or OASIS, plain or gzip. Throws Error(bad_input) naming file and byte for malformed
  // files and recursive references (naming the cells), Error(io) if it cannot be read. Warns of
  // references to cells that are not there, which are taken as empty (masks/warnings.h).
  // Shapes of layers that are not kept take no memory; they count as there.
  static Layout open(const std::filesystem::path& path, const layout::KeptLayers& kept = {});

  // Read before, of the file of that name.
  Layout(layout::SettledCells cells, std::string name) : settled_(std::move(cells)), name_(std::move(name)) {}
  const layout::SettledCells& settled() const { return settled_; }

  double dbu_nm() const;
  std::vector<std::string> cells() const;
  std::vector<std::string> top_cells() const;  // cells no other places
  std::vector<LayerId> layers() const;         // that hold shapes, ascending
  std::vector<LayerSummary> summary() const;   // of each of them

 private:
  friend class LayoutView;
  layout::SettledCells settled_;
  std::string name_;  // of the file, for messages
};

// One cell's geometry on some layers, merged. Immutable: threads may share it.
class LayoutView {
 public:
  // An empty cell name means the only top cell. Throws Error(bad_input): listing the top cells if
  // there are several, the nearest names if the cell is not there, the layers if one holds nothing.
  LayoutView(const Layout& layout, const std::string& cell, const std::vector<LayerId>& layers);

  Box bounding_box() const;  // nm
  // The union of all shapes that touch the window (nm), cut to it: polygons that do not overlap.
  // Throws Error(bad_input) if more than 20 million shapes touch it.
  std::vector<Polygon> query(const Box& window) const;
  // The same, united only where it is asked for. Throws as query().
  DrawnWindow drawn(const Box& window) const;
  // The cells that draw what touches the window (nm), as far as they stand at whole database units.
  layout::DrawnInstances instances(const Box& window) const;
  bool places_cells() const;  // that draw anything
  // Where it repeats itself, by what is drawn; from its cells, nothing is flattened.
  LayoutArrays arrays() const;

 private:
  struct Shapes;
  Shapes shapes_in(const Box& window) const;
  std::vector<Polygon> united(const Shapes& shapes) const;
  // Of the error that is caught: says where, of shapes that cannot be united.
  [[noreturn]] void fail_within(const Box& box, const class Error& error) const;

  std::shared_ptr<const layout::Library> library_;
  std::string name_;
  std::size_t cell_ = 0;
  std::vector<LayerId> layers_;
  std::vector<Box> boxes_;  // [cell] of what is on the layers below it, database units
  std::shared_ptr<const std::vector<layout::BoxTree>> references_;  // [cell] boxes of its references, where they are many
};

}  // namespace reticle
