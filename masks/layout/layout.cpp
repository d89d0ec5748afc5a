// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/layout.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <sstream>
#include <unordered_map>

#include "kernels/base/error.h"
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
using layout::Reference;
using layout::united;

namespace {

constexpr std::size_t k_deepest = 1000;  // cells within cells

[[noreturn]] void fail(const std::string& name, const std::string& what) {
  throw Error(ErrorCode::bad_input, name + ": " + what);
}

// Resolves names and rejects cycles; returns cells such that children come before parents.
std::vector<std::size_t> resolve(Library& library, const std::string& name) {
  std::unordered_map<std::string, std::size_t> by_name;
  for (std::size_t i = 0; i < library.cells.size(); ++i)
    if (!by_name.emplace(library.cells[i].name, i).second)
      fail(name, "cell '" + library.cells[i].name + "' is defined twice");
  for (Cell& cell : library.cells)
    std::erase_if(cell.references, [&](Reference& r) {
      const auto found = by_name.find(r.cell);
      if (found == by_name.end())
        warning_log().add(name, "places cells that are not in the file; they are taken as empty",
                          "'" + r.cell + "' in cell '" + cell.name + "'");
      else
        r.target = found->second;
      return found == by_name.end();
    });
  enum class Mark { unseen, open, done };
  std::vector<Mark> marks(library.cells.size(), Mark::unseen);
  std::vector<std::size_t> order, depth(library.cells.size(), 0);
  for (std::size_t root = 0; root < library.cells.size(); ++root) {
    if (marks[root] != Mark::unseen) continue;
    std::vector<std::pair<std::size_t, std::size_t>> stack{{root, 0}};  // cell, next reference
    marks[root] = Mark::open;
    while (!stack.empty()) {
      auto& [cell, next] = stack.back();
      if (next == library.cells[cell].references.size()) {
        marks[cell] = Mark::done;
        order.push_back(cell);
        for (const Reference& r : library.cells[cell].references)
          depth[cell] = std::max(depth[cell], depth[r.target] + 1);
        if (depth[cell] > k_deepest)
          fail(name, "cells are nested more than " + std::to_string(k_deepest) + " deep, at '" +
                         library.cells[cell].name + "'");
        stack.pop_back();
        continue;
      }
      const std::size_t child = library.cells[cell].references[next++].target;
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
  return order;
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
  }
  return boxes;
}

// Cells that no other places.
std::vector<std::string> unplaced(const Library& library) {
  std::vector<char> placed(library.cells.size());
  for (const Cell& cell : library.cells)
    for (const Reference& r : cell.references) placed[r.target] = 1;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < library.cells.size(); ++i)
    if (!placed[i]) names.push_back(library.cells[i].name);
  return names;
}

std::vector<LayerId> layers_of(const Library& library) {
  std::set<LayerId> all = library.left_out;
  for (const Cell& cell : library.cells)
    for (const auto& [layer, shapes] : cell.layers) all.insert(layer);
  return {all.begin(), all.end()};
}

// Drops what is never asked for again, of a library with children first: names of targets, texts, and, where layers
// were chosen, the others and whatever holds nothing on those. What is left of a cell's references stands in an order in
// which near ones follow each other, and it and the shapes lie in paged memory.
void keep_what_is_asked_for(Library& library, const layout::KeptLayers& kept) {
  std::vector<char> draws(library.cells.size(), 1);
  for (std::size_t i = 0; i < library.cells.size(); ++i) {
    Cell& cell = library.cells[i];
    cell.labels = {};
    if (!kept.layers.empty()) {
      std::erase_if(cell.references, [&](const Reference& r) { return !draws[r.target]; });
      draws[i] = !cell.references.empty() ||
                 std::any_of(cell.layers.begin(), cell.layers.end(), [](const auto& layer) { return layer.second.count() > 0; });
    }
    for (Reference& r : cell.references) std::string().swap(r.cell);
    layout::join_lattices(cell.references);
    layout::sort_by_place(cell.references);
    cell.placements = std::vector<Placement>(cell.references.begin(), cell.references.end());
    std::vector<Reference>().swap(cell.references);
    cell.placements.move_to(*library.paged);
  }
  library.paged->give_back();
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

Layout::Layout(std::shared_ptr<const Library> library, std::string name)
    : library_(std::move(library)), name_(std::move(name)) {}

Layout Layout::open(const std::filesystem::path& path, const layout::KeptLayers& kept) {
  Library library = read_library(path, kept);
  // Children first, so that one pass forms boxes.
  const std::vector<std::size_t> order = resolve(library, path.string());
  std::vector<std::size_t> place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  auto sorted = std::make_shared<Library>();
  sorted->dbu_nm = library.dbu_nm;
  sorted->left_out = std::move(library.left_out);
  sorted->paged = library.paged;
  sorted->cells.reserve(order.size());
  for (const std::size_t i : order) {
    for (Reference& r : library.cells[i].references) r.target = place[r.target];
    sorted->cells.push_back(std::move(library.cells[i]));
  }
  Layout layout(sorted, path.string());
  layout.top_cells_ = unplaced(*sorted);
  layout.layers_ = layers_of(*sorted);
  keep_what_is_asked_for(*sorted, kept);
  return layout;
}

double Layout::dbu_nm() const { return library_->dbu_nm; }

std::vector<std::string> Layout::cells() const {
  std::vector<std::string> names;
  for (const Cell& cell : library_->cells) names.push_back(cell.name);
  return names;
}

std::vector<std::string> Layout::top_cells() const { return top_cells_; }

std::vector<LayerId> Layout::layers() const { return layers_; }

std::vector<LayerSummary> Layout::summary() const {
  std::set<std::string> tops;
  for (const std::string& name : top_cells()) tops.insert(name);
  std::vector<LayerSummary> layers_held;
  for (const LayerId& layer : layers()) {
    LayerSummary summary{.layer = layer};
    const std::vector<Box> boxes = boxes_of(*library_, {layer}, name_);
    Box all = k_nothing;
    for (std::size_t i = 0; i < library_->cells.size(); ++i) {
      const Cell& cell = library_->cells[i];
      const auto found = cell.layers.find(layer);
      if (found != cell.layers.end()) summary.shapes += found->second.count();
      if (tops.contains(cell.name)) all = united(all, boxes[i]);
    }
    const double dbu = library_->dbu_nm;
    if (!is_empty(all)) summary.extent = {all.x0 * dbu, all.y0 * dbu, all.x1 * dbu, all.y1 * dbu};
    layers_held.push_back(summary);
  }
  return layers_held;
}

LayoutView::LayoutView(const Layout& layout, const std::string& cell,
                       const std::vector<LayerId>& layers)
    : library_(layout.library_), name_(layout.name_), layers_(layers) {
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

// In database units from the window's corner, so that places far apart give equal polygons for
// equal surroundings, and the Boolean's range is never left.
std::vector<Polygon> LayoutView::query(const Box& window) const {
  const double dbu = library_->dbu_nm;
  const Box& all = boxes_[cell_];
  const Box box{std::max(window.x0 / dbu, all.x0), std::max(window.y0 / dbu, all.y0),
                std::min(window.x1 / dbu, all.x1), std::min(window.y1 / dbu, all.y1)};
  if (!(box.x0 < box.x1 && box.y0 < box.y1)) return {};
  const Point corner{std::floor(box.x0), std::floor(box.y0)};
  const Box cut{box.x0 - corner.x, box.y0 - corner.y, box.x1 - corner.x, box.y1 - corner.y};
  std::vector<Polygon> merged;
  try {
    const auto shapes = layout::window_shapes({*library_, layers_, boxes_, *references_, name_}, cell_, box, {1, 0, 0, 1, -corner.x, -corner.y});
    merged = clip(shapes, cut, layout::k_window_step_dbu);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unsupported) throw;
    const auto nm = [&](double place) { return std::to_string(std::llround(place * dbu)); };
    fail(name_, "cell '" + library_->cells[cell_].name + "' within " + nm(box.x0) + "," + nm(box.y0) + " to " + nm(box.x1) +
                    "," + nm(box.y1) + " nm: " + error.what());
  }
  library_->paged->looked();
  for (Polygon& polygon : merged)
    for (Point& p : polygon) p = {(p.x + corner.x) * dbu, (p.y + corner.y) * dbu};
  return merged;
}

}  // namespace reticle
