// SPDX-License-Identifier: Apache-2.0
// Layouts at random: combs of many corners, triangles and bars in cells that place each other.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "masks/layout/cell_library.h"
#include "tests/masks/layout/small_layout.h"

namespace reticle::test {

using Random = std::mt19937;

inline int within(Random& random, int least, int most) { return std::uniform_int_distribution<int>(least, most)(random); }

inline std::vector<DbPoint> random_shape(Random& random) {
  const int x = within(random, -3000, 3000), y = within(random, -3000, 3000);
  std::vector<DbPoint> points;
  switch (within(random, 0, 4)) {
    case 0: {  // a comb of very many corners
      const int teeth = within(random, 70, 200);
      for (int i = 0; i < teeth; ++i)
        for (const DbPoint p : {DbPoint{8 * i, 50}, DbPoint{8 * i + 4, 50}, DbPoint{8 * i + 4, 90}, DbPoint{8 * i + 8, 90}}) points.push_back({x + p.x, y + p.y});
      points.push_back({x + 8 * teeth, y});
      points.push_back({x, y});
      return points;
    }
    case 1: return {{x, y}, {x + within(random, 5, 90), y + within(random, 5, 90)}, {x + within(random, 95, 190), y}};
    default: {
      const int width = within(random, 5, 400), height = within(random, 5, 60);
      return {{x, y}, {x, y + height}, {x + width, y + height}, {x + width, y}};
    }
  }
}

// Cells that place those before them, turned, mirrored, magnified, in arrays, on layers 1/0 and 2/0.
inline Library random_library(Random& random) {
  Library library{.dbu_nm = within(random, 0, 1) == 0 ? 1.0 : 0.25};
  const int count = within(random, 1, 5);
  for (int i = 0; i < count; ++i) {
    Cell cell{.name = "CELL_" + std::to_string(i)};
    const int shapes = within(random, 0, 3) == 0 ? within(random, 70, 150) : within(random, 1, 10);
    for (int k = 0; k < shapes; ++k) cell.layers[{within(random, 1, 2), 0}].add(random_shape(random));
    cell.labels.push_back({{63, 0}, {0, 0}, "a text"});
    const bool many = i + 1 == count && within(random, 0, 1) == 0;  // found by a tree of boxes
    const int references = i == 0 ? 0 : many ? within(random, 40, 60) : within(random, 0, 2);
    for (int k = 0; k < references; ++k) {
      Reference r{.cell = "CELL_" + std::to_string(many ? 0 : within(random, 0, i - 1)),
                  .x = static_cast<double>(within(random, -20000, 20000)),
                  .y = static_cast<double>(within(random, -20000, 20000)),
                  .angle_deg = within(random, 0, 5) == 0 ? 17.0 : 90.0 * within(random, 0, 3),
                  .magnification = within(random, 0, 5) == 0 ? 1.5 : 1.0,
                  .mirror = within(random, 0, 1) == 0};
      if (within(random, 0, 9) == 0) {
        r.columns = within(random, 1, 9), r.rows = within(random, 1, 5);
        r.column_x = within(random, 100, 900), r.column_y = within(random, 0, 40);
        r.row_x = -within(random, 0, 30), r.row_y = within(random, 100, 900);
      }
      cell.references.push_back(r);
    }
    library.cells.push_back(std::move(cell));
  }
  return library;
}

}  // namespace reticle::test
