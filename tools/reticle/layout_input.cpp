#include "tools/reticle/layout_input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "kernels/base/error.h"
#include "masks/design_file.h"
#include "masks/glp.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/sha256.h"
#include "tools/reticle/inputs.h"

namespace reticle::tools {
namespace {

struct Extent {
  Polygon polygon;
  Box box;
};

Box box_of(const Polygon& polygon) {
  Box box{polygon[0].x, polygon[0].y, polygon[0].x, polygon[0].y};
  for (const Point& p : polygon) {
    box.x0 = std::min(box.x0, p.x), box.x1 = std::max(box.x1, p.x);
    box.y0 = std::min(box.y0, p.y), box.y1 = std::max(box.y1, p.y);
  }
  return box;
}

Box joined(const Box& a, const Box& b) {
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

bool overlap(const Box& a, const Box& b) {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

// The part of the layout that is asked for.
Box window_in(const Box& layout, const LayoutSelection& selection,
              const std::filesystem::path& path) {
  if (selection.window_um.empty()) return layout;
  const Box window = window_from_text(selection.window_um);
  if (!overlap(window, layout))
    throw Error(ErrorCode::bad_input,
                fmt::format("--window {}: {} holds nothing there; its shapes lie in {:g},{:g},{:g},"
                            "{:g} um",
                            selection.window_um, path.string(), layout.x0 / 1e3, layout.y0 / 1e3,
                            layout.x1 / 1e3, layout.y1 / 1e3));
  return window;
}

LayoutInput open_glp(const std::filesystem::path& path, const LayoutSelection& selection) {
  if (!selection.layers.empty() || !selection.cell.empty())
    throw Error(ErrorCode::invalid_argument,
                path.string() + ": GLP has neither layers nor cells; leave out --layer and --cell");
  auto shapes = std::make_shared<std::vector<Extent>>();
  for (Polygon& polygon : read_glp(path).polygons) {
    const Box box = box_of(polygon);
    shapes->push_back({std::move(polygon), box});
  }
  if (shapes->empty())
    throw Error(ErrorCode::bad_input, path.string() + ": holds no shape: nothing to correct");
  Box layout = shapes->front().box;
  for (const Extent& shape : *shapes) layout = joined(layout, shape.box);
  LayoutInput input;
  input.window = window_in(layout, selection, path);
  input.geometry = [shapes](const Box& box) {
    std::vector<Polygon> found;
    for (const Extent& shape : *shapes)
      if (overlap(shape.box, box)) found.push_back(shape.polygon);
    return found;
  };
  return input;
}

LayoutInput open_cells(const std::filesystem::path& path, const LayoutSelection& selection) {
  const Layout layout = Layout::open(path);
  std::vector<LayerId> layers;
  for (const std::string& layer : selection.layers) layers.push_back(layer_from_text(layer));
  if (layers.empty()) layers = only_layer(layout, path);
  const LayoutView view(layout, selection.cell, layers);
  LayoutInput input;
  input.dbu_nm = layout.dbu_nm();
  input.window = window_in(view.bounding_box(), selection, path);
  input.geometry = [view](const Box& box) { return view.query(box); };
  return input;
}

}  // namespace

LayoutInput open_layout(const std::filesystem::path& path, const LayoutSelection& selection) {
  LayoutInput input =
      is_layout_name(path) ? open_cells(path, selection) : open_glp(path, selection);
  input.sha256 = sha256_of_file(path);
  input.selection =
      fmt::format("layers [{}], cell '{}', window [{}] um", fmt::join(selection.layers, ", "),
                  selection.cell, fmt::join(selection.window_um, ", "));
  return input;
}

}  // namespace reticle::tools
