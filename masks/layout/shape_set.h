// SPDX-License-Identifier: Apache-2.0
// Polygons of one layer of one cell, in one array, found by place.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "masks/layout/paged_memory.h"

namespace reticle::layout {

// Database units. Files hold 32 bits; sums are formed in 64.
struct DbPoint {
  std::int32_t x = 0;
  std::int32_t y = 0;
  friend auto operator<=>(const DbPoint&, const DbPoint&) = default;
};

struct DbBox {
  std::int64_t x0 = INT64_MAX, y0 = INT64_MAX, x1 = INT64_MIN, y1 = INT64_MIN;
  bool empty() const { return x0 > x1; }
  void add(DbPoint p);
  bool touches(const DbBox& other) const {
    return x0 <= other.x1 && other.x0 <= x1 && y0 <= other.y1 && other.y0 <= y1;
  }
};

class ShapeSet {
 public:
  void add(const std::vector<DbPoint>& polygon);
  // Once, after the last add().
  void index();
  // Once, after index(): out of the process's memory, as long as `memory` lives.
  void move_to(PagedMemory& memory);

  std::size_t count() const { return ends_.size(); }
  const DbBox& box() const { return box_; }
  const DbPoint* begin_of(std::size_t shape) const {
    return points_.data() + (shape == 0 ? 0 : ends_[shape - 1]);
  }
  const DbPoint* end_of(std::size_t shape) const { return points_.data() + ends_[shape]; }
  // Shapes whose box touches the window, in ascending order.
  std::vector<std::uint32_t> touching(const DbBox& window) const;
  // An outline that winds around every place of the window as often as the shape does: where the shape
  // wanders about on one side of the window, it goes straight across and up. Costs little of an outline that is far away.
  void outline_near(std::size_t shape, const DbBox& window, std::vector<DbPoint>& outline) const;

  // All it holds, one by one, to be written to a file or taken from one: file.number(n), file.array(a).
  template <class Set, class File>
  static void describe(Set& set, File& file) {
    file.array(set.points_);
    file.array(set.ends_);
    file.array(set.long_);
    file.array(set.stretches_);
    file.box(set.box_);
    file.count(set.bins_);
    for (auto& bins : set.bins_) {
      file.number(bins.side);
      file.number(bins.columns);
      file.number(bins.rows);
      file.number(bins.reach_x);
      file.number(bins.reach_y);
      file.array(bins.begin);
      file.array(bins.shapes);
    }
  }
  // Whether what was taken from a file can be looked up without leaving its arrays.
  bool is_sound() const;

 private:
  // A grid of bins that holds shapes of like size by their box's lower left corner.
  struct Bins {
    std::int64_t side = 0;
    int columns = 0, rows = 0;
    PagedArray<std::uint64_t> begin;   // [bin + 1]
    PagedArray<std::uint32_t> shapes;  // by bin
    std::int64_t reach_x = 0, reach_y = 0;  // largest width and height of any shape
  };

  std::size_t points_of(std::size_t shape) const { return static_cast<std::size_t>(end_of(shape) - begin_of(shape)); }
  DbBox box_of(std::size_t shape) const;
  const DbBox* stretches_of(std::size_t shape) const;  // null for shapes of few points
  Bins bins_of(std::vector<std::uint32_t> shapes) const;

  PagedArray<DbPoint> points_;
  PagedArray<std::uint64_t> ends_;  // [shape] one past its last point
  DbBox box_;
  std::vector<Bins> bins_;  // empty: few shapes
  // Shapes of many points, ascending, and the boxes of each one's stretches of so many points.
  struct Long {
    std::uint64_t shape;
    std::uint64_t first_stretch;
  };
  PagedArray<Long> long_;
  PagedArray<DbBox> stretches_;
};

}  // namespace reticle::layout
