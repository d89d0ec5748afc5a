// SPDX-License-Identifier: Apache-2.0
// A layout in memory as it is drawn: cells, their shapes by layer, and who places whom. Never flat.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "masks/layout/shape_set.h"
#include "masks/warnings.h"

namespace reticle::layout {

struct LayerId {
  int layer = 0;
  int datatype = 0;
  auto operator<=>(const LayerId&) const = default;
};

// Layers whose shapes and texts are kept of a file; of others it is only known that they are there. Empty: all.
struct KeptLayers {
  std::vector<LayerId> layers;
  bool texts = true;
  bool keeps(LayerId layer) const;
};

// A placement, or a lattice of them, of the cell of that name.
struct Reference {
  std::string cell;
  double x = 0.0, y = 0.0;  // database units
  double angle_deg = 0.0;
  double magnification = 1.0;
  bool mirror = false;  // about x, before the rotation
  int columns = 1, rows = 1;
  double column_x = 0.0, column_y = 0.0;  // step from one column to the next
  double row_x = 0.0, row_y = 0.0;
};

// The same of a cell that is known by number.
struct Placement {
  std::size_t target = 0;
  double x = 0.0, y = 0.0, angle_deg = 0.0, magnification = 1.0;
  bool mirror = false;
  int columns = 1, rows = 1;
  double column_x = 0.0, column_y = 0.0, row_x = 0.0, row_y = 0.0;
};
Reference reference_to(const std::string& cell, const Placement& placement);

// The same placements, each at whole database units with whole steps and at most `most_steps`
// columns and rows: what a file can hold. Throws Error(bad_input) if those are more than ten million.
std::vector<Reference> whole_placements(const Reference& reference, int most_steps);

// A text: it draws nothing, and is kept for whoever opens the layout next.
struct Label {
  LayerId layer;  // and text type
  DbPoint at;
  std::string text;
};

// Year, month, day, hour, minute, second of the last change and of the last access.
using GdsDates = std::array<std::int16_t, 12>;
inline constexpr GdsDates k_some_date = {1970, 1, 1, 0, 0, 0, 1970, 1, 1, 0, 0, 0};

// Where KLayout notes how its PCells were made: neither a top cell nor geometry, whatever it holds.
inline constexpr const char* k_context_cell = "$$$CONTEXT_INFO$$$";

struct Cell {
  std::string name;
  std::map<LayerId, ShapeSet> layers;
  std::vector<Label> labels;
  std::vector<Reference> references;
  PagedArray<Placement> placements;  // the same, of a file that is read or a layout that windows are asked of
  GdsDates dates = k_some_date;
};

struct Library {
  std::shared_ptr<PagedMemory> paged;  // where arrays of the cells may lie
  double dbu_nm = 1.0;
  std::string name;  // of GDSII; empty where there is none
  std::vector<Cell> cells;
  std::vector<std::string> placed;  // [number] names of cells that a file's placements ask for
  std::set<LayerId> left_out;  // layers that shapes are on and that are not kept
  GdsDates dates = k_some_date;
  // What the file said and a library does not hold: lost when it is written again.
  std::vector<Warning> not_kept;
};

// Of cells from the first on, that get nothing more: shapes are indexed and move, as placements do, into the library's paged memory, so that
// those of the next cell take the memory that they had.
void settle_cells(Library& library, std::size_t first);

// Whether the points lie on one line: an outline that encloses nothing.
bool is_flat(const std::vector<DbPoint>& outline);

// The decimal number of nm that was meant by a unit that went through binary metres or micrometres.
double decimal_dbu_nm(double dbu_nm);

}  // namespace reticle::layout
