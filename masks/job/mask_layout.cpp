#include "masks/job/mask_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "litho/geometry/boolean.h"
#include "litho/geometry/contour.h"
#include "litho/geometry/simplify.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"

namespace reticle {
namespace {

std::string name_of(std::size_t result) { return fmt::format("RETICLE_MASK_{}", result); }

}  // namespace

MaskLayout::MaskLayout(const TilePlan& plan, double pixel_nm, double dbu_nm,
                       const MaskLayoutOptions& options)
    : plan_(plan), pixel_nm_(pixel_nm), options_(options), layer_(options.layer) {
  library_.dbu_nm = dbu_nm;
}

void MaskLayout::add_result(const TileMask& mask) {
  const Box core{0.0, 0.0, plan_.core_x_nm, plan_.core_y_nm};
  std::vector<Polygon> rings = mask.outlines;
  const Grid grid{mask.pixels.rows(), mask.pixels.cols(), pixel_nm_, 0.0, 0.0};
  for (const Polygon& ring : trace_pixels(mask.pixels.view(), grid)) {
    Polygon simple = simplify(ring, options_.tolerance_nm.value_or(pixel_nm_), core);
    if (!simple.empty()) rings.push_back(std::move(simple));
  }
  layout::Library tile =
      library_of({{layer_, fill(rings, library_.dbu_nm)}},
                 {.cell = name_of(library_.cells.size()), .dbu_nm = library_.dbu_nm});
  library_.cells.push_back(std::move(tile.cells.front()));
}

void MaskLayout::write(const std::filesystem::path& path, const std::vector<TileIndex>& tiles,
                       const std::vector<std::int32_t>& results, const std::filesystem::path& input,
                       const std::string& cell) {
  std::vector<layout::Reference> placements;
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    if (results[i] < 0) continue;
    const Box core = plan_.core(tiles[i]);
    placements.push_back({.cell = name_of(static_cast<std::size_t>(results[i])),
                          .x = core.x0 / library_.dbu_nm,
                          .y = core.y0 / library_.dbu_nm});
  }
  if (options_.input == InputLayers::kept) {
    const Layout layout = Layout::open(input);
    const std::string into = cell.empty() ? layout.top_cells().front() : cell;
    layout::Library whole = read_library(input);
    const auto top = std::find_if(whole.cells.begin(), whole.cells.end(),
                                  [&](const layout::Cell& c) { return c.name == into; });
    top->references.insert(top->references.end(), placements.begin(), placements.end());
    std::move(whole.cells.begin(), whole.cells.end(), std::back_inserter(library_.cells));
  } else {
    library_.cells.push_back(
        {.name = cell.empty() ? "TOP" : cell, .references = std::move(placements)});
  }
  write_library(path, library_);
}

}  // namespace reticle
