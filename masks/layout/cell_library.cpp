// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/cell_library.h"

#include <algorithm>
#include <cmath>

#include "kernels/base/error.h"

namespace reticle::layout {

bool KeptLayers::keeps(LayerId layer) const {
  return layers.empty() || std::find(layers.begin(), layers.end(), layer) != layers.end();
}

namespace {

constexpr double k_most_placements = 1e7;

}  // namespace

Reference reference_to(const std::string& cell, const Placement& p) {
  return {.cell = cell,
          .x = p.x,
          .y = p.y,
          .angle_deg = p.angle_deg,
          .magnification = p.magnification,
          .mirror = p.mirror,
          .columns = p.columns,
          .rows = p.rows,
          .column_x = p.column_x,
          .column_y = p.column_y,
          .row_x = p.row_x,
          .row_y = p.row_y};
}

std::vector<Reference> whole_placements(const Reference& reference, int most_steps) {
  const auto whole = [](double v) { return v == std::round(v); };
  const bool columns_whole = whole(reference.column_x) && whole(reference.column_y);
  const bool rows_whole = whole(reference.row_x) && whole(reference.row_y);
  const int columns = columns_whole ? most_steps : 1, rows = rows_whole ? most_steps : 1;
  if (std::ceil(static_cast<double>(reference.columns) / columns) * std::ceil(static_cast<double>(reference.rows) / rows) >
      k_most_placements)
    throw Error(ErrorCode::bad_input, "an array of " + std::to_string(reference.columns) + " x " +
                                          std::to_string(reference.rows) + " of cell '" + reference.cell +
                                          "' takes more than ten million placements in this format; write another one, "
                                          "or give the array whole steps");
  std::vector<Reference> placements;
  for (std::int64_t j = 0; j < reference.rows; j += rows)
    for (std::int64_t i = 0; i < reference.columns; i += columns) {
      Reference part = reference;
      const auto di = static_cast<double>(i), dj = static_cast<double>(j);
      part.columns = static_cast<int>(std::min<std::int64_t>(columns, reference.columns - i));
      part.rows = static_cast<int>(std::min<std::int64_t>(rows, reference.rows - j));
      part.x = std::round(reference.x + di * reference.column_x + dj * reference.row_x);
      part.y = std::round(reference.y + di * reference.column_y + dj * reference.row_y);
      placements.push_back(part);
    }
  return placements;
}

void settle_cells(Library& library, std::size_t first) {
  constexpr std::size_t k_cells_at_once = 256;
  if (library.paged == nullptr) library.paged = std::make_shared<PagedMemory>();
  for (std::size_t i = first; i < library.cells.size(); ++i) {
    for (auto& [layer, shapes] : library.cells[i].layers) {
      shapes.index();
      shapes.move_to(*library.paged);
    }
    library.cells[i].placements.move_to(*library.paged);
    if (i % k_cells_at_once == 0) library.paged->give_back();
  }
}

bool is_flat(const std::vector<DbPoint>& outline) {
  const auto between = [](DbPoint a, DbPoint b) {
    return std::pair(std::int64_t{b.x} - a.x, std::int64_t{b.y} - a.y);
  };
  std::size_t other = 0;  // the first point that is not the first one's
  while (other < outline.size() && between(outline[0], outline[other]) == std::pair<std::int64_t, std::int64_t>{}) ++other;
  for (std::size_t i = other + 1; i < outline.size(); ++i) {
    const auto [ux, uy] = between(outline[0], outline[other]);
    const auto [vx, vy] = between(outline[0], outline[i]);
    __extension__ using Wide = __int128;
    if (Wide{ux} * vy != Wide{uy} * vx) return false;
  }
  return true;
}

double decimal_dbu_nm(double dbu_nm) {
  const double millionths = std::round(dbu_nm * 1e6);
  return std::abs(dbu_nm * 1e6 - millionths) < 1e-9 * millionths ? millionths / 1e6 : dbu_nm;
}

}  // namespace reticle::layout
