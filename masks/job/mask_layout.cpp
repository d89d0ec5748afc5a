// SPDX-License-Identifier: Apache-2.0
#include "masks/job/mask_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <utility>

#include "kernels/base/error.h"
#include "kernels/base/sha256.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/box.h"
#include "litho/geometry/contour.h"
#include "litho/geometry/fewest_corners.h"
#include "masks/job/order_by_likeness.h"
#include "masks/job/whole_polygons.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"

namespace reticle {
namespace {

// Results remembered to be placed again; on layouts with more of them, later ones are written anew.
constexpr std::size_t k_most_known = 1 << 20;

// Corners of cells that wait to be ordered, 8 bytes each; half as much again is what orders them.
constexpr std::size_t k_most_waiting = 1 << 22;

std::string name_of(std::size_t cell) { return fmt::format("RETICLE_MASK_{}", cell); }

std::string name_of(BlockIndex block) {
  const auto number = [](std::int32_t n) {
    return n < 0 ? fmt::format("N{}", -std::int64_t{n}) : fmt::format("{}", n);
  };
  return fmt::format("RETICLE_BLOCK_{}_{}", number(block.x), number(block.y));
}

// One cell over and over: `columns` from the tile to the right, `rows` upwards.
struct Array {
  TileIndex tile;
  std::size_t cell = 0;
  int columns = 1, rows = 1;
};

// Runs of equal cells in rows, and of equal runs above each other. Tiles in order.
std::vector<Array> arrays_of(const std::vector<std::pair<TileIndex, std::size_t>>& placed) {
  std::vector<Array> arrays;
  for (const auto& [tile, cell] : placed) {
    if (!arrays.empty()) {
      Array& last = arrays.back();
      if (last.cell == cell && last.tile.y == tile.y && last.tile.x + last.columns == tile.x) {
        ++last.columns;
        continue;
      }
    }
    arrays.push_back({tile, cell});
  }
  std::map<std::pair<std::int32_t, int>, std::size_t> open;  // first column, columns -> in `merged`
  std::vector<Array> merged;
  for (const Array& run : arrays) {
    const auto [at, is_new] = open.try_emplace({run.tile.x, run.columns}, merged.size());
    if (!is_new) {
      Array& below = merged[at->second];
      if (below.cell == run.cell && below.tile.y + below.rows == run.tile.y) {
        ++below.rows;
        continue;
      }
      at->second = merged.size();
    }
    merged.push_back(run);
  }
  return merged;
}

std::uint64_t hash_of(const MaskOutlines& outlines) {
  Sha256 hash;
  for (const auto& outline : outlines) {
    hash.add(std::to_string(outline.size()) + ":");
    hash.add(std::as_bytes(std::span(outline)));
  }
  return std::stoull(hash.finish().substr(0, 16), nullptr, 16);
}

// Corners stand on whole pixels, of finer ones than the tolerance on as many as it has room for and are whole database units.
double corner_step(double pixel_nm, double tolerance_nm, double dbu_nm) {
  double step_nm = pixel_nm;
  for (int n = 2; n * pixel_nm <= tolerance_nm; ++n) {
    const double units = n * pixel_nm / dbu_nm;
    if (std::abs(units - std::round(units)) < 1e-6) step_nm = n * pixel_nm;
  }
  return step_nm;
}

}  // namespace

MaskOutlines mask_outlines(const TileMask& mask, const TilePlan& plan, double pixel_nm,
                           double tolerance_nm, double dbu_nm) {
  const Box core{0.0, 0.0, plan.core_x_nm, plan.core_y_nm};
  std::vector<Polygon> rings = mask.outlines;
  const double step_nm = tolerance_nm > 0.0 ? corner_step(pixel_nm, tolerance_nm, dbu_nm) : 0.0;
  const Grid grid{mask.pixels.rows(), mask.pixels.cols(), pixel_nm, 0.0, 0.0};
  if (!mask.pixels.empty())
    for (const Polygon& ring : trace_pixels(mask.pixels.view(), grid)) {
      Polygon few = fewest_corners(ring, tolerance_nm, core, step_nm);
      if (!few.empty()) rings.push_back(std::move(few));
    }
  const layout::Library tile = library_of({{{1, 0}, fill(rings, dbu_nm)}}, {.cell = "tile", .dbu_nm = dbu_nm});
  MaskOutlines outlines;
  for (const auto& [layer, shapes] : tile.cells.front().layers)
    for (std::size_t i = 0; i < shapes.count(); ++i)
      outlines.emplace_back(shapes.begin_of(i), shapes.end_of(i));
  return outlines;
}

MaskLayoutWriter::MaskLayoutWriter(const std::filesystem::path& path, const TilePlan& plan, double dbu_nm,
                                   const MaskLayoutOptions& options, std::filesystem::path input,
                                   std::string cell, DrawnCells drawn)
    : plan_(plan), dbu_nm_(dbu_nm), options_(options), input_(std::move(input)), cell_(std::move(cell)),
      sink_(layout::open_cell_sink(path, dbu_nm)), drawn_(std::move(drawn)) {}

// The cell of a mask that has outlines.
std::optional<std::size_t>& MaskLayoutWriter::counted(const MaskOutlines& outlines) {
  const std::uint64_t first = hash_of(outlines);
  if (const auto found = known_.find(first); found != known_.end()) return found->second;
  ++distinct_;
  if (known_.size() < k_most_known) return known_[first];
  forgotten_.reset();
  return forgotten_;
}

std::optional<std::size_t> MaskLayoutWriter::cell_of(const MaskOutlines& outlines) {
  if (outlines.empty()) {
    any_without_outline_ = true;
    return {};
  }
  std::optional<std::size_t>& known = counted(outlines);
  if (known) return known;
  waiting_.push_back(outlines);
  for (const auto& outline : outlines) waiting_corners_ += outline.size();
  known = cells_++;
  const std::size_t cell = *known;
  if (waiting_corners_ > k_most_waiting) write_waiting();
  return cell;
}

void MaskLayoutWriter::write_waiting() {
  const std::size_t first = cells_ - waiting_.size();
  for (const std::size_t i : order_by_likeness(waiting_)) {
    std::vector<const MaskOutlines::value_type*> rows;
    for (const auto& outline : waiting_[i]) rows.push_back(&outline);
    std::ranges::sort(rows, [](const auto* a, const auto* b) {
      return std::pair(a->front().y, a->front().x) < std::pair(b->front().y, b->front().x);
    });
    layout::Cell cell{.name = name_of(first + i)};
    layout::ShapeSet& shapes = cell.layers[options_.layer];
    for (const auto* outline : rows) shapes.add(*outline);
    sink_->add(cell);
  }
  waiting_.clear();
  waiting_corners_ = 0;
}

void MaskLayoutWriter::add(BlockIndex block, const BlockResults& results) {
  if (!add_drawn(block, results)) add_tiles(block, results);
}

// False where tiles are to be its cells.
bool MaskLayoutWriter::add_drawn(BlockIndex block, const BlockResults& results) {
  if (options_.cells == MaskCells::tiles || !drawn_ || results.tiles.empty()) return false;
  Box box = plan_.core(results.tiles.front());
  for (const TileIndex tile : results.tiles) box = joined(box, plan_.core(tile));
  layout::DrawnInstances drawn;
  try {
    drawn = drawn_(grown(box, plan_.halo_nm));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_input) throw;
    warning_log().add(input_.string(), "blocks of too many shapes for their hierarchy are written as cells of tiles; take smaller ones",
                      error.what());
    return false;
  }
  if (!masks_) {
    top_ = drawn.cells[drawn.instances.front().cell];
    std::vector<std::string> taken{top_};
    if (options_.input == InputLayers::kept) taken = drawn.cells;
    masks_ = std::make_unique<DrawnCellMasks>(*sink_, options_.layer, taken);
  }
  for (const MaskOutlines& outlines : results.outlines) {
    if (outlines.empty()) any_without_outline_ = true;
    else counted(outlines);
  }
  layout::Cell cell = masks_->add(whole_polygons(results, plan_, dbu_nm_), drawn);
  if (cell.layers.empty() && cell.references.empty()) return true;
  cell.name = masks_->free_name(name_of(block));
  place(std::move(cell));
  return true;
}

// A block that stays the only one is the top cell itself.
void MaskLayoutWriter::place(layout::Cell cell) {
  blocks_.push_back({.cell = cell.name});
  if (blocks_.size() == 1 && masks_ && options_.input == InputLayers::dropped) {
    first_ = std::move(cell);
    return;
  }
  add_first();
  sink_->add(cell);
}

void MaskLayoutWriter::add_first() {
  if (first_) sink_->add(*first_);
  first_.reset();
}

void MaskLayoutWriter::add_tiles(BlockIndex block, const BlockResults& results) {
  std::vector<std::optional<std::size_t>> cells;
  for (const MaskOutlines& outlines : results.outlines) cells.push_back(cell_of(outlines));
  std::vector<std::pair<TileIndex, std::size_t>> placed;
  for (std::size_t i = 0; i < results.tiles.size(); ++i)
    if (results.masks[i] >= 0)
      if (const auto cell = cells[static_cast<std::size_t>(results.masks[i])]) placed.emplace_back(results.tiles[i], *cell);
  if (placed.empty()) return;
  layout::Cell cell{.name = name_of(block)};
  for (const Array& array : arrays_of(placed)) {
    const Box core = plan_.core(array.tile);
    cell.references.push_back({.cell = name_of(array.cell),
                               .x = core.x0 / dbu_nm_,
                               .y = core.y0 / dbu_nm_,
                               .columns = array.columns,
                               .rows = array.rows,
                               .column_x = plan_.core_x_nm / dbu_nm_,
                               .row_y = plan_.core_y_nm / dbu_nm_});
  }
  place(std::move(cell));
}

void MaskLayoutWriter::finish() {
  write_waiting();
  if (options_.input == InputLayers::kept) {
    const std::string into = cell_.empty() ? Layout::open(input_).top_cells().front() : cell_;
    layout::Library whole = read_library(input_);
    for (layout::Cell& cell : whole.cells) {
      if (cell.name == into) cell.references.insert(cell.references.end(), blocks_.begin(), blocks_.end());
      sink_->add(cell);
    }
  } else if (first_) {
    first_->name = top_;
    add_first();
  } else {
    sink_->add({.name = masks_ ? top_ : cell_.empty() ? "TOP" : cell_, .references = blocks_});
  }
  sink_->finish();
}

}  // namespace reticle
