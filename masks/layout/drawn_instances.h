// SPDX-License-Identifier: Apache-2.0
// Who draws what in a window: instances of cells that reach into it, where each stands, and boxes of what each draws
// by itself. The hierarchy that LayoutView::query() flattens.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "masks/layout/box_tree.h"
#include "masks/layout/cell_library.h"
#include "masks/layout/placement.h"

namespace reticle::layout {

// x' = xx x + xy y + x0, y' = yx x + yy y + y0, in whole database units: turned by right angles, perhaps mirrored.
struct Frame {
  int xx = 1, xy = 0, yx = 0, yy = 1;
  std::int64_t x0 = 0, y0 = 0;

  auto operator<=>(const Frame&) const = default;
  bool mirrors() const { return xx * yy - xy * yx < 0; }
  Frame after(const Frame& inner) const;  // this after `inner`
  Frame inverse() const;
  // Throws Error(bad_input) beyond 32-bit coordinates.
  DbPoint operator()(DbPoint p) const;
  Placement placement_of(std::size_t target) const;
};

struct DrawnInstance {
  std::size_t parent = 0;  // of the first one itself
  std::size_t cell = 0;    // of the names
  Frame frame;             // from the cell's coordinates to those of the first one's
};

struct DrawnBox {
  DbBox box;  // in the first one's coordinates
  std::uint32_t instance = 0;
};

// Instances follow their parents; the first one is the cell that was asked for. What is placed magnified, at other angles or
// between database units is no instance: what it draws is its parent's. Shapes are boxes, or cut into those of trapezoids.
struct DrawnInstances {
  std::vector<std::string> cells;
  std::vector<DrawnInstance> instances;
  std::vector<DrawnBox> boxes;
};

struct LayersOf;  // window_shapes.h

// Of what touches the window, database units. Throws Error(bad_input) if that is more than 20 million boxes and instances.
DrawnInstances drawn_instances(const LayersOf& layers, std::size_t cell, const Box& window);

}  // namespace reticle::layout
