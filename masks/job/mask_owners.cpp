// SPDX-License-Identifier: Apache-2.0
#include "masks/job/mask_owners.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "masks/layout/box_tree.h"

namespace reticle {
namespace {

using layout::DbBox;
using layout::DbPoint;
using layout::DrawnBox;

constexpr std::uint32_t k_nobody = UINT32_MAX;
constexpr std::size_t k_edges_in_row = 8;
constexpr std::int64_t k_most_rows = 512;

enum class Cover { nowhere, in_part, whole };  // of a box by a polygon

// A polygon's edges by rows of equal height, for questions about places.
class EdgesInRows {
 public:
  explicit EdgesInRows(const std::vector<DbPoint>& polygon) : points_(polygon) {
    for (const DbPoint& p : polygon) box_.add(p);
    const std::int64_t rows = std::clamp<std::int64_t>(static_cast<std::int64_t>(polygon.size() / k_edges_in_row), 1, k_most_rows);
    height_ = std::max<std::int64_t>(1, (box_.y1 - box_.y0) / rows + 1);
    rows_.resize(static_cast<std::size_t>((box_.y1 - box_.y0) / height_ + 1));
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const auto [low, high] = std::minmax(points_[i].y, next(i).y);
      for (std::size_t row = row_of(low); row <= row_of(high); ++row) rows_[row].push_back(i);
    }
  }
  const DbBox& box() const { return box_; }

  Cover covers(const DbBox& b) const {
    if (b.x0 >= box_.x1 || b.x1 <= box_.x0 || b.y0 >= box_.y1 || b.y1 <= box_.y0) return Cover::nowhere;
    for (std::size_t row = row_of(b.y0); row <= row_of(b.y1); ++row)
      for (const std::size_t i : rows_[row])
        if (passes_through(points_[i], next(i), b)) return Cover::in_part;
    return holds(0.5 * static_cast<double>(b.x0 + b.x1), 0.5 * static_cast<double>(b.y0 + b.y1)) ? Cover::whole : Cover::nowhere;
  }

 private:
  DbPoint next(std::size_t i) const { return points_[i + 1 < points_.size() ? i + 1 : 0]; }
  std::size_t row_of(std::int64_t y) const {
    return static_cast<std::size_t>((std::clamp(y, box_.y0, box_.y1) - box_.y0) / height_);
  }

  // Whether an edge has a point within the box, not on its sides alone.
  static bool passes_through(DbPoint p, DbPoint q, const DbBox& b) {
    if (std::max(p.x, q.x) <= b.x0 || std::min(p.x, q.x) >= b.x1 || std::max(p.y, q.y) <= b.y0 || std::min(p.y, q.y) >= b.y1) return false;
    if (p.x == q.x || p.y == q.y) return true;
    const double dx = static_cast<double>(q.x) - p.x, dy = static_cast<double>(q.y) - p.y;
    double least = std::numeric_limits<double>::infinity(), most = -least;
    for (const std::int64_t x : {b.x0, b.x1})
      for (const std::int64_t y : {b.y0, b.y1}) {
        const double side = dx * static_cast<double>(y - p.y) - dy * static_cast<double>(x - p.x);
        least = std::min(least, side), most = std::max(most, side);
      }
    return least < 0.0 && most > 0.0;
  }

  // By what winds around the place: edges to its right.
  bool holds(double x, double y) const {
    int winding = 0;
    for (const std::size_t i : rows_[row_of(static_cast<std::int64_t>(std::floor(y)))]) {
      const DbPoint p = points_[i], q = next(i);
      if ((p.y <= y) == (q.y <= y)) continue;
      const double at = p.x + (y - p.y) * (static_cast<double>(q.x) - p.x) / (static_cast<double>(q.y) - p.y);
      if (at > x) winding += q.y > p.y ? 1 : -1;
    }
    return winding != 0;
  }

  const std::vector<DbPoint>& points_;
  DbBox box_;
  std::int64_t height_ = 1;
  std::vector<std::vector<std::size_t>> rows_;
};

Box as_box(const DbBox& b) {
  return {static_cast<double>(b.x0), static_cast<double>(b.y0), static_cast<double>(b.x1), static_cast<double>(b.y1)};
}

class Owners {
 public:
  explicit Owners(const layout::DrawnInstances& drawn) : drawn_(drawn), of_box_(drawn.boxes.size(), k_nobody), covered_(drawn.boxes.size(), 0) {
    std::vector<Box> boxes;
    for (const DrawnBox& b : drawn.boxes) boxes.push_back(as_box(b.box));
    tree_ = layout::BoxTree(boxes);
  }

  std::uint32_t of_drawn(const std::vector<DbPoint>& polygon) {
    const EdgesInRows edges(polygon);
    std::uint32_t owner = k_nobody;
    under_.clear();
    for_boxes(as_box(edges.box()), [&](std::size_t i) {
      if (covered_[i]) return;
      const Cover cover = edges.covers(drawn_.boxes[i].box);
      if (cover == Cover::nowhere) return;
      covered_[i] = cover == Cover::whole;
      under_.push_back(i);
      owner = owner == k_nobody ? drawn_.boxes[i].instance : above_both(owner, drawn_.boxes[i].instance);
    });
    for (const std::size_t i : under_)
      if (of_box_[i] == k_nobody) of_box_[i] = owner;
    return owner;
  }

  // Of a polygon that lies on nothing drawn.
  std::uint32_t of_nearest(const std::vector<DbPoint>& polygon) const {
    if (drawn_.boxes.empty()) return 0;
    DbBox bounds;
    for (const DbPoint& p : polygon) bounds.add(p);
    const Box box = as_box(bounds);
    for (double within = 1024.0;; within *= 4.0) {  // until it reaches the first box at least
      std::optional<std::tuple<double, std::int64_t, std::int64_t, std::size_t>> nearest;
      for_boxes({box.x0 - within, box.y0 - within, box.x1 + within, box.y1 + within}, [&](std::size_t i) {
        const DbBox& b = drawn_.boxes[i].box;
        const auto gap = [](std::int64_t low, std::int64_t high) { return static_cast<double>(std::max<std::int64_t>({0, low, high})); };
        const double dx = gap(b.x0 - bounds.x1, bounds.x0 - b.x1), dy = gap(b.y0 - bounds.y1, bounds.y0 - b.y1);
        const std::tuple found{dx * dx + dy * dy, b.x0, b.y0, i};
        if (std::get<0>(found) <= within * within && (!nearest || found < *nearest)) nearest = found;
      });
      if (nearest) {
        const std::size_t i = std::get<3>(*nearest);
        return of_box_[i] == k_nobody ? drawn_.boxes[i].instance : of_box_[i];
      }
    }
  }

 private:
  void for_boxes(const Box& window, const auto& use) const {
    tree_.near(window, [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i)
        if (layout::touch(as_box(drawn_.boxes[i].box), window)) use(i);
    });
  }
  // Instances follow their parents.
  std::uint32_t above_both(std::uint32_t a, std::uint32_t b) const {
    while (a != b) (a > b ? a : b) = static_cast<std::uint32_t>(drawn_.instances[std::max(a, b)].parent);
    return a;
  }

  const layout::DrawnInstances& drawn_;
  layout::BoxTree tree_;
  std::vector<std::uint32_t> of_box_;  // to whom the mask over it belongs
  std::vector<char> covered_;          // whole, by a mask that no other one overlaps
  std::vector<std::size_t> under_;
};

}  // namespace

std::vector<std::uint32_t> mask_owners(std::span<const std::vector<DbPoint>> polygons, const layout::DrawnInstances& drawn) {
  Owners owners(drawn);
  // Small ones first: what they cover need not be looked for in those that lie around them.
  std::vector<std::pair<double, std::size_t>> by_size;
  for (std::size_t i = 0; i < polygons.size(); ++i) {
    DbBox box;
    for (const DbPoint& p : polygons[i]) box.add(p);
    by_size.emplace_back(static_cast<double>(box.x1 - box.x0) * static_cast<double>(box.y1 - box.y0), i);
  }
  std::ranges::sort(by_size);
  std::vector<std::uint32_t> owner(polygons.size());
  for (const auto& [area, i] : by_size) owner[i] = owners.of_drawn(polygons[i]);
  for (std::size_t i = 0; i < polygons.size(); ++i)
    if (owner[i] == k_nobody) owner[i] = owners.of_nearest(polygons[i]);
  return owner;
}

}  // namespace reticle
