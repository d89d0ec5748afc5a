// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/layout.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <sstream>
#include <unordered_map>

#include "kernels/base/error.h"
#include "kernels/base/sha256.h"
#include "litho/geometry/boolean.h"
#include "masks/layout/box_tree.h"
#include "masks/layout/lattices.h"
#include "masks/layout/layout_file.h"
#include "masks/layout/placement.h"
#include "masks/layout/window_shapes.h"

namespace reticle {

using layout::array_box;
using layout::Cell;
using layout::DbBox;
using layout::is_empty;
using layout::k_nothing;
using layout::Library;
using layout::Placement;
using layout::united;

namespace {

constexpr std::size_t k_deepest = 1000;  // cells within cells
constexpr std::size_t k_cells_at_once = 256;

[[noreturn]] void fail(const std::string& name, const std::string& what) {
  throw Error(ErrorCode::bad_input, name + ": " + what);
}

// Who is placed where: of a file's cells, whose placements know each other by the number of their names.
struct Hierarchy {
  std::vector<std::size_t> cell_of;  // [number of the name]; k_no_cell where the file has none
  std::vector<std::size_t> order;    // of the cells: children before parents
  std::vector<char> is_placed;       // [cell]
};
constexpr std::size_t k_no_cell = SIZE_MAX;

// Finds cells by their names and rejects cycles.
Hierarchy resolve(const Library& library, const std::string& name) {
  std::unordered_map<std::string, std::size_t> by_name;
  for (std::size_t i = 0; i < library.cells.size(); ++i)
    if (!by_name.emplace(library.cells[i].name, i).second)
      fail(name, "cell '" + library.cells[i].name + "' is defined twice");
  Hierarchy hierarchy{.is_placed = std::vector<char>(library.cells.size())};
  for (const std::string& placed : library.placed) {
    const auto found = by_name.find(placed);
    hierarchy.cell_of.push_back(found == by_name.end() ? k_no_cell : found->second);
  }
  enum class Mark { unseen, open, done };
  std::vector<Mark> marks(library.cells.size(), Mark::unseen);
  std::vector<std::size_t> depth(library.cells.size(), 0);
  for (std::size_t root = 0; root < library.cells.size(); ++root) {
    if (marks[root] != Mark::unseen) continue;
    std::vector<std::pair<std::size_t, std::size_t>> stack{{root, 0}};  // cell, next placement
    marks[root] = Mark::open;
    while (!stack.empty()) {
      auto& [cell, next] = stack.back();
      const layout::PagedArray<Placement>& placements = library.cells[cell].placements;
      if (next == placements.size()) {
        marks[cell] = Mark::done;
        hierarchy.order.push_back(cell);
        if (hierarchy.order.size() % k_cells_at_once == 0) library.paged->give_back();
        for (const Placement& p : placements)
          if (const std::size_t child = hierarchy.cell_of[p.target]; child != k_no_cell)
            depth[cell] = std::max(depth[cell], depth[child] + 1);
        if (depth[cell] > k_deepest)
          fail(name, "cells are nested more than " + std::to_string(k_deepest) + " deep, at '" +
                         library.cells[cell].name + "'");
        stack.pop_back();
        continue;
      }
      const std::size_t number = placements[next++].target, child = hierarchy.cell_of[number];
      if (child == k_no_cell) {
        warning_log().add(name, "places cells that are not in the file; they are taken as empty",
                          "'" + library.placed[number] + "' in cell '" + library.cells[cell].name + "'");
        continue;
      }
      hierarchy.is_placed[child] = 1;
      if (marks[child] == Mark::open)
        fail(name, "recursive references: cell '" + library.cells[child].name +
                       "' contains itself through '" + library.cells[stack.back().first].name +
                       "'");
      if (marks[child] == Mark::unseen) {
        marks[child] = Mark::open;
        stack.push_back({child, 0});
      }
    }
  }
  return hierarchy;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 8; ++i)
    text += (i > 0 ? ", '" : "'") + names[i] + "'";
  if (names.size() > 8) text += " and " + std::to_string(names.size() - 8) + " more";
  return text;
}

std::size_t common_prefix(const std::string& a, const std::string& b) {
  std::size_t n = 0;
  while (n < a.size() && n < b.size() && std::tolower(a[n]) == std::tolower(b[n])) ++n;
  return n;
}

// [cell] what is on the layers in it and below it, database units.
std::vector<Box> boxes_of(const Library& library, const std::vector<LayerId>& layers, const std::string& name) {
  std::vector<Box> boxes;
  for (const Cell& c : library.cells) {
    Box box = k_nothing;
    for (const LayerId& layer : layers) {
      const auto shapes = c.layers.find(layer);
      if (shapes == c.layers.end() || shapes->second.box().empty()) continue;
      const DbBox& b = shapes->second.box();
      box = united(box, {static_cast<double>(b.x0), static_cast<double>(b.y0),
                         static_cast<double>(b.x1), static_cast<double>(b.y1)});
    }
    for (const Placement& r : c.placements) box = united(box, array_box(r, boxes[r.target]));
    if (!is_empty(box) &&
        !(std::max(-box.x0, box.x1) <= 2147483648.0 && std::max(-box.y0, box.y1) <= 2147483648.0))
      fail(name, "cell '" + c.name + "' reaches beyond 32-bit coordinates");
    boxes.push_back(box);
    if (boxes.size() % k_cells_at_once == 0) library.paged->give_back();
  }
  return boxes;
}

std::vector<LayerId> layers_of(const Library& library) {
  std::set<LayerId> all = library.left_out;
  for (const Cell& cell : library.cells)
    for (const auto& [layer, shapes] : cell.layers) all.insert(layer);
  return {all.begin(), all.end()};
}

// What is asked for of a file's cells, children first: where layers were chosen, not what holds nothing on those. Placements
// know cells by their index now, and stand in an order in which near ones follow each other.
std::vector<Cell> cells_asked_for(Library& library, const Hierarchy& hierarchy, const layout::KeptLayers& kept) {
  std::vector<std::size_t> place(library.cells.size());
  std::vector<char> draws(library.cells.size(), 1);
  std::vector<Cell> cells;
  cells.reserve(library.cells.size());
  for (const std::size_t from : hierarchy.order) {
    place[from] = cells.size();
    Cell& cell = cells.emplace_back(std::move(library.cells[from]));
    std::vector<Placement> placements;
    for (Placement p : cell.placements) {
      const std::size_t target = hierarchy.cell_of[p.target];
      if (target == k_no_cell || !draws[target]) continue;
      p.target = place[target];
      placements.push_back(p);
    }
    if (!kept.layers.empty())
      draws[from] = !placements.empty() ||
                    std::any_of(cell.layers.begin(), cell.layers.end(), [](const auto& layer) { return layer.second.count() > 0; });
    layout::join_lattices(placements);
    layout::sort_by_place(placements);
    cell.placements = std::move(placements);
    cell.placements.move_to(*library.paged);
    if (cells.size() % k_cells_at_once == 0) library.paged->give_back();
  }
  library.paged->give_back();
  return cells;
}

// Of shapes that stand at whole database units, as seen from the window's corner. Nothing where sums of such units and of the window's
// corner may be rounded, differently at different places.
std::string window_hash(const std::vector<Polygon>& shapes, const Point& corner, const Box& window, double dbu_nm) {
  constexpr double k_longest_unit_nm = 256.0;  // times 2^31 units and all in 53 bits
  const auto on_steps = [&](double nm) { return is_exact(nm) && nm / dbu_nm * dbu_nm == nm; };
  if (!(is_exact(dbu_nm * layout::k_window_step_dbu) && dbu_nm <= k_longest_unit_nm && on_steps(window.x0) && on_steps(window.y0) &&
        on_steps(window.x1) && on_steps(window.y1)))
    return "";
  const Point from{std::floor(window.x0 / dbu_nm), std::floor(window.y0 / dbu_nm)};
  std::vector<double> numbers{window.x0 / dbu_nm - from.x, window.y0 / dbu_nm - from.y, window.x1 / dbu_nm - from.x, window.y1 / dbu_nm - from.y};
  for (const Polygon& polygon : shapes) {
    numbers.push_back(static_cast<double>(polygon.size()));
    for (const Point& p : polygon) {
      if (p.x != std::floor(p.x) || p.y != std::floor(p.y)) return "";
      numbers.push_back(p.x + (corner.x - from.x));
      numbers.push_back(p.y + (corner.y - from.y));
    }
  }
  for (double& number : numbers) number += 0.0;  // one zero
  Sha256 hash;
  hash.add(std::as_bytes(std::span(numbers)));
  return hash.finish();
}

constexpr std::size_t k_many_references = 32;

std::vector<layout::BoxTree> reference_trees(const Library& library, const std::vector<Box>& boxes) {
  std::vector<layout::BoxTree> trees(library.cells.size());
  for (std::size_t i = 0; i < trees.size(); ++i) {
    const layout::PagedArray<Placement>& references = library.cells[i].placements;
    if (references.size() < k_many_references) continue;
    std::vector<Box> around;
    around.reserve(references.size());
    for (const Placement& r : references) around.push_back(array_box(r, boxes[r.target]));
    trees[i] = layout::BoxTree(around);
    library.paged->give_back();
  }
  return trees;
}

}  // namespace

LayerId layer_from_text(const std::string& text) {
  LayerId layer;
  const auto number = [&](std::string_view part, int& value) {
    const auto [end, code] = std::from_chars(part.data(), part.data() + part.size(), value);
    return code == std::errc{} && end == part.data() + part.size() && value >= 0;
  };
  const std::size_t slash = text.find('/');
  const std::string_view whole(text);
  const bool good = number(whole.substr(0, slash), layer.layer) &&
                    (slash == std::string::npos || number(whole.substr(slash + 1), layer.datatype));
  if (!good)
    throw Error(ErrorCode::bad_input,
                "layer '" + text + "'; write LAYER/DATATYPE, each 0 or more, as in 11/0");
  return layer;
}

std::string to_string(const LayerId& layer) {
  return std::to_string(layer.layer) + "/" + std::to_string(layer.datatype);
}

Layout Layout::open(const std::filesystem::path& path, const layout::KeptLayers& kept) {
  layout::KeptLayers drawn = kept;
  drawn.texts = false;
  auto library = std::make_shared<Library>(read_placements(path, drawn));
  const Hierarchy hierarchy = resolve(*library, path.string());
  layout::SettledCells settled{.library = library, .top_cells = {}, .layers = layers_of(*library)};
  for (const std::size_t i : hierarchy.order)
    if (!hierarchy.is_placed[i]) settled.top_cells.push_back(library->cells[i].name);
  library->cells = cells_asked_for(*library, hierarchy, kept);
  library->placed = {};
  return {std::move(settled), path.string()};
}

double Layout::dbu_nm() const { return settled_.library->dbu_nm; }

std::vector<std::string> Layout::cells() const {
  std::vector<std::string> names;
  for (const Cell& cell : settled_.library->cells) names.push_back(cell.name);
  return names;
}

std::vector<std::string> Layout::top_cells() const { return settled_.top_cells; }

std::vector<LayerId> Layout::layers() const { return settled_.layers; }

std::vector<LayerSummary> Layout::summary() const {
  std::set<std::string> tops;
  for (const std::string& name : top_cells()) tops.insert(name);
  std::vector<LayerSummary> layers_held;
  for (const LayerId& layer : layers()) {
    LayerSummary summary{.layer = layer};
    const std::vector<Box> boxes = boxes_of(*settled_.library, {layer}, name_);
    Box all = k_nothing;
    for (std::size_t i = 0; i < settled_.library->cells.size(); ++i) {
      const Cell& cell = settled_.library->cells[i];
      const auto found = cell.layers.find(layer);
      if (found != cell.layers.end()) summary.shapes += found->second.count();
      if (tops.contains(cell.name)) all = united(all, boxes[i]);
    }
    const double dbu = dbu_nm();
    if (!is_empty(all)) summary.extent = {all.x0 * dbu, all.y0 * dbu, all.x1 * dbu, all.y1 * dbu};
    layers_held.push_back(summary);
  }
  return layers_held;
}

LayoutView::LayoutView(const Layout& layout, const std::string& cell,
                       const std::vector<LayerId>& layers)
    : library_(layout.settled_.library), name_(layout.name_), layers_(layers) {
  std::string wanted = cell;
  if (wanted.empty()) {
    const std::vector<std::string> tops = layout.top_cells();
    if (tops.empty()) fail(name_, "holds no cell: there is nothing to read");
    if (tops.size() != 1)
      fail(name_, "has " + std::to_string(tops.size()) + " top cells: " + listed(tops) +
                      "; name one of them (--cell)");
    wanted = tops.front();
  }
  const auto& cells = library_->cells;
  const auto found =
      std::find_if(cells.begin(), cells.end(), [&](const Cell& c) { return c.name == wanted; });
  if (found == cells.end()) {
    std::vector<std::string> names = layout.cells();
    std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
      return common_prefix(a, wanted) > common_prefix(b, wanted);
    });
    fail(name_, "has no cell '" + wanted + "'; nearest are " + listed(names));
  }
  cell_ = static_cast<std::size_t>(found - cells.begin());
  const std::vector<LayerId> held = layout.layers();
  for (const LayerId& layer : layers_) {
    if (std::find(held.begin(), held.end(), layer) != held.end()) continue;
    std::vector<std::string> names;
    for (const LayerId& other : held) names.push_back(to_string(other));
    fail(name_, "has no shapes on layer " + to_string(layer) +
                    (names.empty() ? "; it holds no shapes at all" : "; it has " + listed(names)));
  }
  boxes_ = boxes_of(*library_, layers_, name_);
  references_ = std::make_shared<const std::vector<layout::BoxTree>>(reference_trees(*library_, boxes_));
}

Box LayoutView::bounding_box() const {
  const Box& b = boxes_[cell_];
  const double dbu = library_->dbu_nm;
  if (is_empty(b)) return {};
  return {b.x0 * dbu, b.y0 * dbu, b.x1 * dbu, b.y1 * dbu};
}

// What touches a window, in database units from its corner, so that places far apart give equal polygons for
// equal surroundings, and the Boolean's range is never left.
struct LayoutView::Shapes {
  Box box;  // within the layout
  Point corner;
  std::vector<Polygon> polygons;
};

LayoutView::Shapes LayoutView::shapes_in(const Box& window) const {
  const double dbu = library_->dbu_nm;
  const Box& all = boxes_[cell_];
  const Box box{std::max(window.x0 / dbu, all.x0), std::max(window.y0 / dbu, all.y0),
                std::min(window.x1 / dbu, all.x1), std::min(window.y1 / dbu, all.y1)};
  if (!(box.x0 < box.x1 && box.y0 < box.y1)) return {};
  const Point corner{std::floor(box.x0), std::floor(box.y0)};
  try {
    Shapes shapes{box, corner, layout::window_shapes({*library_, layers_, boxes_, *references_, name_}, cell_, box, {1, 0, 0, 1, -corner.x, -corner.y})};
    library_->paged->looked();
    return shapes;
  } catch (const Error& error) {
    fail_within(box, error);
  }
}

std::vector<Polygon> LayoutView::united(const Shapes& shapes) const {
  const double dbu = library_->dbu_nm;
  const auto& [box, corner, polygons] = shapes;
  std::vector<Polygon> merged;
  try {
    merged = clip(polygons, {box.x0 - corner.x, box.y0 - corner.y, box.x1 - corner.x, box.y1 - corner.y}, layout::k_window_step_dbu);
  } catch (const Error& error) {
    fail_within(box, error);
  }
  for (Polygon& polygon : merged)
    for (Point& p : polygon) p = {(p.x + corner.x) * dbu, (p.y + corner.y) * dbu};
  return merged;
}

void LayoutView::fail_within(const Box& box, const Error& error) const {
  if (error.code() != ErrorCode::unsupported) throw;
  const auto nm = [&](double place) { return std::to_string(std::llround(place * library_->dbu_nm)); };
  fail(name_, "cell '" + library_->cells[cell_].name + "' within " + nm(box.x0) + "," + nm(box.y0) + " to " + nm(box.x1) + "," + nm(box.y1) +
                  " nm: " + error.what());
}

std::vector<Polygon> LayoutView::query(const Box& window) const { return united(shapes_in(window)); }

DrawnWindow LayoutView::drawn(const Box& window) const {
  auto shapes = std::make_shared<const Shapes>(shapes_in(window));
  return {window_hash(shapes->polygons, shapes->corner, window, library_->dbu_nm), [this, shapes] { return united(*shapes); }};
}

layout::DrawnInstances LayoutView::instances(const Box& window) const {
  const double dbu = library_->dbu_nm;
  layout::DrawnInstances drawn =
      layout::drawn_instances({*library_, layers_, boxes_, *references_, name_}, cell_,
                              {window.x0 / dbu, window.y0 / dbu, window.x1 / dbu, window.y1 / dbu});
  library_->paged->looked();
  return drawn;
}

bool LayoutView::places_cells() const {
  const auto& placements = library_->cells[cell_].placements;
  return std::any_of(placements.begin(), placements.end(), [&](const Placement& r) { return !is_empty(boxes_[r.target]); });
}

}  // namespace reticle
