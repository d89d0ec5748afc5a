// SPDX-License-Identifier: Apache-2.0
// A small layout with one of everything: what the tests write, read, cut short and damage.
#pragma once

#include "masks/layout/cell_library.h"

namespace reticle::test {

using layout::Cell;
using layout::DbPoint;
using layout::LayerId;
using layout::Library;
using layout::Reference;

inline void add_rectangle(Cell& cell, LayerId layer, int x0, int y0, int x1, int y1) {
  cell.layers[layer].add({{x0, y0}, {x0, y1}, {x1, y1}, {x1, y0}});
}

// An L and a triangle in LEAF; TOP holds LEAF in every orientation, in arrays, magnified, and a
// text.
inline Library small_library(double dbu_nm = 1.0) {
  Library library{.dbu_nm = dbu_nm};
  Cell leaf{.name = "LEAF"};
  leaf.layers[{11, 0}].add({{0, 0}, {0, 300}, {100, 300}, {100, 100}, {200, 100}, {200, 0}});
  leaf.layers[{11, 0}].add({{300, 0}, {360, 90}, {420, 0}});
  add_rectangle(leaf, {12, 1}, -20, -20, 40, 40);
  Cell top{.name = "TOP"};
  add_rectangle(top, {11, 0}, -5000, -400, 9000, -300);
  top.labels.push_back({{63, 0}, {10, -20}, "vdd!"});
  for (int turn = 0; turn < 4; ++turn)
    for (const bool mirror : {false, true})
      top.references.push_back({.cell = "LEAF",
                                .x = 1000.0 * turn,
                                .y = mirror ? 1000.0 : 2000.0,
                                .angle_deg = 90.0 * turn,
                                .mirror = mirror});
  top.references.push_back(
      {.cell = "LEAF", .x = -3000, .y = 3000, .angle_deg = 30.0, .magnification = 2.0});
  top.references.push_back({.cell = "LEAF",
                            .x = 0,
                            .y = 5000,
                            .columns = 7,
                            .rows = 3,
                            .column_x = 600,
                            .column_y = 10,
                            .row_x = -5,
                            .row_y = 700});
  library.cells = {leaf, top};
  return library;
}

}  // namespace reticle::test
