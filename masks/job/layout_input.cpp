// SPDX-License-Identifier: Apache-2.0
#include "masks/job/layout_input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <malloc.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "kernels/base/error.h"
#include "litho/geometry/box.h"
#include "masks/glp.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/sha256.h"

namespace reticle {
namespace {

struct Extent {
  Polygon polygon;
  Box box;
};

// What changes when somebody writes to a file or puts another in its place.
struct FileState {
  explicit FileState(const std::filesystem::path& path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    inode = status.st_ino, size = status.st_size;
    seconds = status.st_mtim.tv_sec, nanoseconds = status.st_mtim.tv_nsec;
  }
  bool operator==(const FileState&) const = default;
  ino_t inode;
  off_t size;
  long seconds, nanoseconds;
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

LayoutInput open_cells(const std::filesystem::path& path, const LayoutPart& part) {
  const Layout layout = Layout::open(path, {part.layers});
  ::malloc_trim(0);  // reading takes several times what is kept
  const std::vector<LayerId> layers = part.layers.empty() ? only_layer(layout, path) : part.layers;
  const LayoutView view(layout, part.cell, layers);
  LayoutInput input;
  input.dbu_nm = layout.dbu_nm();
  input.extent = view.bounding_box();
  input.window = window_in(input.extent, part, path);
  input.top_cell = part.cell.empty() ? layout.top_cells().front() : part.cell;
  input.arrays = [view] { return view.arrays(); };
  input.geometry = [view](const Box& box) { return view.query(box); };
  if (view.places_cells()) input.cells = [view](const Box& box) { return view.instances(box); };
  return input;
}

}  // namespace

LayoutInput open_layout(const std::filesystem::path& path, const LayoutPart& part) {
  LayoutInput input;
  std::string seen;  // hash of a file that was replaced while it was read
  for (bool is_whole = false; !is_whole;) {
    const FileState before(path);
    input = is_layout_name(path) ? open_cells(path, part) : open_glp(path, part);
    input.sha256 = sha256_of_file(path);
    is_whole = before == FileState(path);
    // The same bytes again, as late workers on a job's folder write its mask, are no change: a second look tells.
    if (!seen.empty() && (!is_whole || input.sha256 != seen))
      throw Error(ErrorCode::io, path.string() + ": was changed while it was read; run again once it is complete");
    seen = input.sha256;
  }
  std::vector<std::string> layers;
  for (const LayerId& layer : part.layers) layers.push_back(to_string(layer));
  input.selection = fmt::format("layers [{}], cell '{}', window [{}]", fmt::join(layers, ", "),
                                part.cell, part.window ? window_text(*part.window) : "");
  return input;
}

}  // namespace reticle
