// SPDX-License-Identifier: Apache-2.0
#include "masks/job/layout_input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <malloc.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "kernels/base/error.h"
#include "litho/geometry/box.h"
#include "masks/glp.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/layout/layout_index.h"
#include "masks/sha256.h"

namespace reticle {
namespace {

struct Extent {
  Polygon polygon;
  Box box;
};

std::string window_text(const Box& w) {
  return fmt::format("{},{},{},{} um", w.x0 / 1e3, w.y0 / 1e3, w.x1 / 1e3, w.y1 / 1e3);
}

// The part of the layout that is asked for.
Box window_in(const Box& layout, const LayoutPart& part,
              const std::filesystem::path& path) {
  if (!part.window) return layout;
  const Box& window = *part.window;
  if (!overlap(window, layout))
    throw Error(ErrorCode::bad_input,
                fmt::format("the window {}: {} holds nothing there; its shapes lie in {:g},{:g},{:g},"
                            "{:g} um",
                            window_text(window), path.string(), layout.x0 / 1e3, layout.y0 / 1e3,
                            layout.x1 / 1e3, layout.y1 / 1e3));
  return window;
}

LayoutInput open_glp(const std::filesystem::path& path, const LayoutPart& part) {
  if (!part.layers.empty() || !part.cell.empty())
    throw Error(ErrorCode::invalid_argument,
                path.string() + ": GLP has neither layers nor cells; leave out --layer and --cell");
  auto shapes = std::make_shared<std::vector<Extent>>();
  for (Polygon& polygon : read_glp(path, {.beyond = BeyondWindow::keep}).polygons) {
    const Box box = bounds_of(polygon);
    shapes->push_back({std::move(polygon), box});
  }
  if (shapes->empty())
    throw Error(ErrorCode::bad_input, path.string() + ": holds no shape: nothing to correct");
  Box layout = shapes->front().box;
  for (const Extent& shape : *shapes) layout = joined(layout, shape.box);
  LayoutInput input;
  input.extent = layout;
  input.top_cell = path.stem().string();
  input.window = window_in(layout, part, path);
  input.geometry = [shapes](const Box& box) {
    std::vector<Polygon> found;
    for (const Extent& shape : *shapes)
      if (overlap(shape.box, box)) found.push_back(shape.polygon);
    return found;
  };
  return input;
}

// And what its readers warn of, which goes where it would have gone.
Layout read_cells(const std::filesystem::path& path, const layout::KeptLayers& kept, std::vector<Warning>& warnings) {
  std::optional<Layout> layout;
  std::exception_ptr failed;
  {
    WarningScope scope;
    try {
      layout = Layout::open(path, kept);
    } catch (...) {
      failed = std::current_exception();
    }
    warnings = scope.log().take();
  }
  for (const Warning& warning : warnings) warning_log().add(warning);
  if (failed) std::rethrow_exception(failed);
  ::malloc_trim(0);  // reading takes several times what is kept
  return std::move(*layout);
}

LayoutInput input_of(const Layout& layout, const std::filesystem::path& path, const LayoutPart& part) {
  const std::vector<LayerId> layers = part.layers.empty() ? only_layer(layout, path) : part.layers;
  const auto view = std::make_shared<const LayoutView>(layout, part.cell, layers);
  LayoutInput input;
  input.dbu_nm = layout.dbu_nm();
  input.extent = view->bounding_box();
  input.window = window_in(input.extent, part, path);
  input.top_cell = part.cell.empty() ? layout.top_cells().front() : part.cell;
  input.arrays = [view] { return view->arrays(); };
  input.geometry = [view](const Box& box) { return view->query(box); };
  input.drawn = [view](const Box& box) { return view->drawn(box); };
  if (view->places_cells()) input.cells = [view](const Box& box) { return view->instances(box); };
  return input;
}

// Reads the whole file.
LayoutInput read_layout(const std::filesystem::path& path, const LayoutPart& part, const std::filesystem::path& index) {
  LayoutInput input;
  std::string seen;  // hash of a file that was replaced while it was read
  for (bool is_whole = false; !is_whole;) {
    layout::IndexedFile file{.stamp = layout::FileStamp::of(path), .sha256 = {}, .kept = {part.layers}, .warnings = {}};
    std::optional<Layout> cells;
    if (is_layout_name(path)) cells = read_cells(path, file.kept, file.warnings);
    input = cells ? input_of(*cells, path, part) : open_glp(path, part);
    input.sha256 = file.sha256 = sha256_of_file(path);
    is_whole = file.stamp == layout::FileStamp::of(path);
    if (cells && !index.empty())
      input.write_index = [cells = *cells, file, index, there = layout::FileStamp::of(index)] {
        if (layout::FileStamp::of(index) == there) layout::write_layout_index(index, cells, file);
      };
    // The same bytes again, as late workers on a job's folder write its mask, are no change: a second look tells.
    if (!seen.empty() && (!is_whole || input.sha256 != seen))
      throw Error(ErrorCode::io, path.string() + ": was changed while it was read; run again once it is complete");
    seen = input.sha256;
  }
  return input;
}

}  // namespace

std::filesystem::path layout_index_in(const std::filesystem::path& job_folder) { return job_folder / "layout.index"; }

LayoutInput open_layout(const std::filesystem::path& path, const LayoutPart& part, const std::filesystem::path& index) {
  layout::FoundIndex found;
  if (!index.empty() && is_layout_name(path)) found = layout::find_layout_index(index, path, {part.layers});
  LayoutInput input = found.layout ? input_of(*found.layout, path, part) : read_layout(path, part, index);
  if (found.layout) input.sha256 = found.sha256;
  input.index_remark = found.why_not;
  std::vector<std::string> layers;
  for (const LayerId& layer : part.layers) layers.push_back(to_string(layer));
  input.selection = fmt::format("layers [{}], cell '{}', window [{}]", fmt::join(layers, ", "),
                                part.cell, part.window ? window_text(*part.window) : "");
  return input;
}

}  // namespace reticle
