// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/drawn_instances.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "kernels/base/error.h"
#include "litho/geometry/slabs.h"
#include "masks/layout/array_elements.h"
#include "masks/layout/window_shapes.h"

namespace reticle::layout {

namespace {

constexpr std::size_t k_most = 20'000'000;

// Of one element of a placement; nothing where a cell's database units do not fall on its parent's.
std::optional<Frame> frame_of(const Affine& a) {
  const auto unit = [](double v) { return v == 0.0 || std::abs(v) == 1.0; };
  const auto whole = [](double v) { return v == std::round(v) && std::abs(v) <= 4294967296.0; };
  if (!(unit(a.xx) && unit(a.xy) && unit(a.yx) && unit(a.yy) && whole(a.x0) && whole(a.y0))) return {};
  return Frame{static_cast<int>(a.xx), static_cast<int>(a.xy), static_cast<int>(a.yx), static_cast<int>(a.yy),
               static_cast<std::int64_t>(a.x0), static_cast<std::int64_t>(a.y0)};
}

DbBox outwards(double x0, double y0, double x1, double y1) {
  return {static_cast<std::int64_t>(std::floor(x0)), static_cast<std::int64_t>(std::floor(y0)),
          static_cast<std::int64_t>(std::ceil(x1)), static_cast<std::int64_t>(std::ceil(y1))};
}

// The boxes of a polygon's trapezoids between its corners' x.
void add_boxes(const Polygon& polygon, const auto& add) {
  Box all = k_nothing;
  bool is_box = polygon.size() == 4;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
    is_box = is_box && (a.x == b.x || a.y == b.y);
    all = united(all, {a.x, a.y, a.x, a.y});
  }
  if (is_box) return add(outwards(all.x0, all.y0, all.x1, all.y1));
  std::vector<SlabLine> lines;
  for (std::size_t i = 0; i < polygon.size(); ++i) add_slab_line(polygon[i], polygon[(i + 1) % polygon.size()], 1, lines);
  for_each_slab(std::move(lines), all.x0, all.x1, [&](const Slab& slab) {
    int winding = 0;
    double below = 0.0;
    for (const SlabLine* line : slab.lines) {
      const double left = line->at(slab.x0), right = line->at(slab.x1);
      if (winding == 0) below = std::min(left, right);
      winding += line->tag;
      if (winding == 0) add(outwards(slab.x0, below, slab.x1, std::max(left, right)));
    }
  });
}

class Walk {
 public:
  explicit Walk(const LayersOf& on) : on_(on) {}

  // What the instance draws of a cell that is placed in the whole by `to`: its own, or one that has no frame.
  void visit(std::size_t index, std::size_t instance, const Box& window, const Affine& to) {
    draw(index, instance, window, to);
    const Cell& cell = on_.library.cells[index];
    const auto visit_references = [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        const Placement r = cell.placements[i];
        const Box& child = on_.boxes[r.target];
        if (is_empty(child) || !touch(array_box(r, child), window)) continue;
        const Affine placed = placement(r);
        for_elements(r, placed.box(child), window, [&](double x, double y) {
          Affine here = placed;
          here.x0 += x;
          here.y0 += y;
          place(r.target, instance, here, window, to.after(here));
        });
      }
    };
    const BoxTree& tree = on_.references[index];
    if (tree.empty()) visit_references(0, cell.placements.size());
    else tree.near(window, visit_references);
  }

  DrawnInstances drawn;

 private:
  void place(std::size_t target, std::size_t parent, const Affine& here, const Box& window, const Affine& to) {
    std::size_t instance = parent;
    if (const std::optional<Frame> frame = frame_of(to)) {
      instance = drawn.instances.size();
      drawn.instances.push_back({parent, target, *frame});
      limit();
    }
    visit(target, instance, here.inverse().box(window), to);
  }

  void draw(std::size_t index, std::size_t instance, const Box& window, const Affine& to) {
    const auto whole = [](double v, double slack) {
      return static_cast<std::int64_t>(std::clamp(std::floor(v) + slack, -4e9, 4e9));
    };
    const DbBox box{whole(window.x0, -1), whole(window.y0, -1), whole(window.x1, 1), whole(window.y1, 1)};
    for (const LayerId& layer : on_.layers) {
      const auto found = on_.library.cells[index].layers.find(layer);
      if (found == on_.library.cells[index].layers.end()) continue;
      for (const std::uint32_t shape : found->second.touching(box)) {
        found->second.outline_near(shape, box, outline_);
        Polygon polygon;
        for (const DbPoint& p : outline_) polygon.push_back(to(p.x, p.y));
        add_boxes(polygon, [&](const DbBox& part) {
          drawn.boxes.push_back({part, static_cast<std::uint32_t>(instance)});
          limit();
        });
      }
    }
  }

  void limit() const {
    if (drawn.instances.size() + drawn.boxes.size() > k_most)
      throw Error(ErrorCode::bad_input, on_.name + ": more than 20 million shapes and instances of cells in one block");
  }

  const LayersOf& on_;
  std::vector<DbPoint> outline_;
};

}  // namespace

Frame Frame::after(const Frame& inner) const {
  return {xx * inner.xx + xy * inner.yx,
          xx * inner.xy + xy * inner.yy,
          yx * inner.xx + yy * inner.yx,
          yx * inner.xy + yy * inner.yy,
          xx * inner.x0 + xy * inner.y0 + x0,
          yx * inner.x0 + yy * inner.y0 + y0};
}

// Of a turn and a mirror the inverse is the transpose.
Frame Frame::inverse() const { return {xx, yx, xy, yy, -(xx * x0 + yx * y0), -(xy * x0 + yy * y0)}; }

DbPoint Frame::operator()(DbPoint p) const {
  const std::int64_t x = std::int64_t{xx} * p.x + std::int64_t{xy} * p.y + x0, y = std::int64_t{yx} * p.x + std::int64_t{yy} * p.y + y0;
  if (x != static_cast<std::int32_t>(x) || y != static_cast<std::int32_t>(y))
    throw Error(ErrorCode::bad_input, "a polygon reaches beyond 32-bit coordinates");
  return {static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
}

Placement Frame::placement_of(std::size_t target) const {
  const int turns = xx != 0 ? (xx > 0 ? 0 : 2) : (yx > 0 ? 1 : 3);
  return {.target = target, .x = static_cast<double>(x0), .y = static_cast<double>(y0), .angle_deg = 90.0 * turns, .mirror = mirrors()};
}

DrawnInstances drawn_instances(const LayersOf& layers, std::size_t cell, const Box& window) {
  Walk walk(layers);
  walk.drawn.instances.push_back({.cell = cell});
  walk.visit(cell, 0, window, {});
  for (const Cell& named : layers.library.cells) walk.drawn.cells.push_back(named.name);
  return std::move(walk.drawn);
}

}  // namespace reticle::layout
