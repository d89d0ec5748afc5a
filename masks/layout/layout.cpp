// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/layout.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numbers>
#include <set>
#include <sstream>
#include <unordered_map>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"
#include "masks/layout/layout_file.h"

namespace reticle {

using layout::Cell;
using layout::DbBox;
using layout::DbPoint;
using layout::Library;
using layout::Reference;

namespace {

constexpr std::size_t k_most_shapes = 20'000'000;
constexpr std::size_t k_deepest = 1000;  // cells within cells
constexpr double k_boolean_steps_per_dbu =
    16;                              // corners of turned shapes lie between database units

[[noreturn]] void fail(const std::string& name, const std::string& what) {
  throw Error(ErrorCode::bad_input, name + ": " + what);
}

const Box k_nothing{1.0, 1.0, -1.0, -1.0};
bool is_empty(const Box& box) { return box.x0 > box.x1; }
Box united(const Box& a, const Box& b) {
  if (is_empty(a)) return b;
  if (is_empty(b)) return a;
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}
bool touch(const Box& a, const Box& b) {
  return a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1;
}

// x' = xx x + xy y + x0, y' = yx x + yy y + y0.
struct Affine {
  double xx = 1, xy = 0, yx = 0, yy = 1, x0 = 0, y0 = 0;

  Point operator()(double x, double y) const {
    return {xx * x + xy * y + x0, yx * x + yy * y + y0};
  }
  // This after `inner`.
  Affine after(const Affine& inner) const {
    const Point origin = (*this)(inner.x0, inner.y0);
    return {xx * inner.xx + xy * inner.yx,
            xx * inner.xy + xy * inner.yy,
            yx * inner.xx + yy * inner.yx,
            yx * inner.xy + yy * inner.yy,
            origin.x,
            origin.y};
  }
  Affine inverse() const {
    const double det = xx * yy - xy * yx;
    Affine r{yy / det, -xy / det, -yx / det, xx / det, 0, 0};
    r.x0 = -(r.xx * x0 + r.xy * y0);
    r.y0 = -(r.yx * x0 + r.yy * y0);
    return r;
  }
  Box box(const Box& b) const {
    if (is_empty(b)) return b;
    Box out = k_nothing;
    for (const Point p :
         {(*this)(b.x0, b.y0), (*this)(b.x1, b.y0), (*this)(b.x0, b.y1), (*this)(b.x1, b.y1)})
      out = united(out, {p.x, p.y, p.x, p.y});
    return out;
  }
};

// Multiples of a right angle stay exact.
std::pair<double, double> cos_sin(double angle_deg) {
  const double quarters = angle_deg / 90.0;
  if (quarters == std::round(quarters)) {
    const int turn = static_cast<int>(std::remainder(std::round(quarters), 4.0) + 4.0) % 4;
    const double table[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    return {table[turn][0], table[turn][1]};
  }
  const double t = angle_deg * std::numbers::pi / 180.0;
  return {std::cos(t), std::sin(t)};
}

// Placement of the first element of a reference.
Affine placement(const Reference& r) {
  const auto [c, s] = cos_sin(r.angle_deg);
  const double m = r.magnification, flip = r.mirror ? -1.0 : 1.0;
  return {m * c, -m * s * flip, m * s, m * c * flip, r.x, r.y};
}

Box array_box(const Reference& r, const Box& cell) {
  const Box first = placement(r).box(cell);
  if (is_empty(first)) return first;
  Box all = first;
  for (const int i : {0, r.columns - 1})
    for (const int j : {0, r.rows - 1}) {
      const double dx = i * r.column_x + j * r.row_x, dy = i * r.column_y + j * r.row_y;
      all = united(all, {first.x0 + dx, first.y0 + dy, first.x1 + dx, first.y1 + dy});
    }
  return all;
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

// Walks the hierarchy below one cell and collects shapes that touch the window.
class Collector {
 public:
  Collector(const Library& library, const std::vector<LayerId>& layers,
            const std::vector<Box>& boxes, const std::string& name)
      : library_(library), layers_(layers), boxes_(boxes), name_(name) {}

  // window and transform: of the cell's own coordinates; to: from them to nm.
  void collect(std::size_t index, const Box& window, const Affine& to) {
    const Cell& cell = library_.cells[index];
    const auto whole = [](double v, double slack) {
      return static_cast<std::int64_t>(std::clamp(std::floor(v) + slack, -4e9, 4e9));
    };
    const DbBox box{whole(window.x0, -1), whole(window.y0, -1), whole(window.x1, 1),
                    whole(window.y1, 1)};
    for (const LayerId& layer : layers_) {
      const auto found = cell.layers.find(layer);
      if (found == cell.layers.end()) continue;
      for (const std::uint32_t shape : found->second.touching(box)) {
        count(1);
        Polygon polygon;
        for (const DbPoint* p = found->second.begin_of(shape); p != found->second.end_of(shape);
             ++p)
          polygon.push_back(to(p->x, p->y));
        polygons.push_back(std::move(polygon));
      }
    }
    for (const Reference& reference : cell.references) {
      if (is_empty(boxes_[reference.target]) ||
          !touch(array_box(reference, boxes_[reference.target]), window))
        continue;
      collect_array(reference, window, to);
    }
  }

  std::vector<Polygon> polygons;

 private:
  void count(std::size_t work) {
    work_ += work;
    if (work_ > k_most_shapes)
      fail(name_, "more than 20 million shapes and placements touch one window; use a smaller one");
  }

  // Only those elements of the lattice whose box can touch the window.
  void collect_array(const Reference& r, const Box& window, const Affine& to) {
    const Affine first = placement(r);
    const Box child = first.box(boxes_[r.target]);
    // Offsets d for which child + d touches: d in this box.
    const Box offsets{window.x0 - child.x1, window.y0 - child.y1, window.x1 - child.x0,
                      window.y1 - child.y0};
    int i0 = 0, i1 = r.columns - 1, j0 = 0, j1 = r.rows - 1;
    const double det = r.column_x * r.row_y - r.column_y * r.row_x;
    if (det != 0.0) {
      double i_low = 1e300, i_high = -1e300, j_low = 1e300, j_high = -1e300;
      for (const double x : {offsets.x0, offsets.x1})
        for (const double y : {offsets.y0, offsets.y1}) {
          const double i = (x * r.row_y - y * r.row_x) / det,
                       j = (r.column_x * y - r.column_y * x) / det;
          i_low = std::min(i_low, i);
          i_high = std::max(i_high, i);
          j_low = std::min(j_low, j);
          j_high = std::max(j_high, j);
        }
      const auto low = [](double v) {
        return static_cast<int>(std::clamp(std::floor(v), 0.0, 2147483647.0));
      };
      const auto high = [](double v, int last) {
        return static_cast<int>(std::clamp(std::ceil(v), -1.0, static_cast<double>(last)));
      };
      i0 = low(i_low), i1 = high(i_high, i1), j0 = low(j_low), j1 = high(j_high, j1);
    } else {
      // A row, a column, or all in one place: the same placement over and over covers nothing new.
      if (r.column_x == 0.0 && r.column_y == 0.0) i1 = 0;
      if (r.row_x == 0.0 && r.row_y == 0.0) j1 = 0;
      // Of a single row or column, those whose step leads into the offsets.
      const auto narrow = [](double step, double low, double high, int& begin, int& last) {
        if (step == 0.0) return;
        const double a = low / step, b = high / step;
        begin = static_cast<int>(std::clamp(std::floor(std::min(a, b)), static_cast<double>(begin), 2147483647.0));
        last = static_cast<int>(std::clamp(std::ceil(std::max(a, b)), -1.0, static_cast<double>(last)));
      };
      if (j1 == 0) narrow(r.column_x, offsets.x0, offsets.x1, i0, i1), narrow(r.column_y, offsets.y0, offsets.y1, i0, i1);
      if (i1 == 0) narrow(r.row_x, offsets.x0, offsets.x1, j0, j1), narrow(r.row_y, offsets.y0, offsets.y1, j0, j1);
    }
    for (std::int64_t j = j0; j <= j1; ++j)
      for (std::int64_t i = i0; i <= i1; ++i) {
        count(1);
        const auto di = static_cast<double>(i), dj = static_cast<double>(j);
        const double dx = di * r.column_x + dj * r.row_x, dy = di * r.column_y + dj * r.row_y;
        if (dx < offsets.x0 || dx > offsets.x1 || dy < offsets.y0 || dy > offsets.y1) continue;
        Affine here = first;
        here.x0 += dx;
        here.y0 += dy;
        collect(r.target, here.inverse().box(window), to.after(here));
      }
  }

  const Library& library_;
  const std::vector<LayerId>& layers_;
  const std::vector<Box>& boxes_;
  const std::string& name_;
  std::size_t work_ = 0;
};

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
    for (const Reference& r : c.references) box = united(box, array_box(r, boxes[r.target]));
    if (!is_empty(box) &&
        !(std::max(-box.x0, box.x1) <= 2147483648.0 && std::max(-box.y0, box.y1) <= 2147483648.0))
      fail(name, "cell '" + c.name + "' reaches beyond 32-bit coordinates");
    boxes.push_back(box);
  }
  return boxes;
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

Layout Layout::open(const std::filesystem::path& path) {
  Library library = read_library(path);
  // Children first, so that one pass forms boxes.
  const std::vector<std::size_t> order = resolve(library, path.string());
  std::vector<std::size_t> place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  auto sorted = std::make_shared<Library>();
  sorted->dbu_nm = library.dbu_nm;
  for (const std::size_t i : order) {
    for (Reference& r : library.cells[i].references) r.target = place[r.target];
    sorted->cells.push_back(std::move(library.cells[i]));
  }
  return Layout(std::move(sorted), path.string());
}

double Layout::dbu_nm() const { return library_->dbu_nm; }

std::vector<std::string> Layout::cells() const {
  std::vector<std::string> names;
  for (const Cell& cell : library_->cells) names.push_back(cell.name);
  return names;
}

std::vector<std::string> Layout::top_cells() const {
  std::set<std::size_t> placed;
  for (const Cell& cell : library_->cells)
    for (const Reference& r : cell.references) placed.insert(r.target);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < library_->cells.size(); ++i)
    if (!placed.contains(i)) names.push_back(library_->cells[i].name);
  return names;
}

std::vector<LayerId> Layout::layers() const {
  std::set<LayerId> all;
  for (const Cell& cell : library_->cells)
    for (const auto& [layer, shapes] : cell.layers) all.insert(layer);
  return {all.begin(), all.end()};
}

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
                      "; name the one to correct");
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
  Collector collector(*library_, layers_, boxes_, name_);
  collector.collect(cell_, box, {1, 0, 0, 1, -corner.x, -corner.y});
  const Box cut{box.x0 - corner.x, box.y0 - corner.y, box.x1 - corner.x, box.y1 - corner.y};
  std::vector<Polygon> merged = clip(collector.polygons, cut, 1.0 / k_boolean_steps_per_dbu);
  for (Polygon& polygon : merged)
    for (Point& p : polygon) p = {(p.x + corner.x) * dbu, (p.y + corner.y) * dbu};
  return merged;
}

}  // namespace reticle
