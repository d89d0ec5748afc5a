// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/window_shapes.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <utility>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"
#include "masks/layout/array_elements.h"

namespace reticle::layout {

namespace {

constexpr double k_most_shapes = 20e6;
constexpr std::size_t k_many_corners = 2'000'000;
constexpr std::int64_t k_few_lines = 64;
constexpr double k_few_elements = 256, k_manyfold = 32;

std::size_t corners_of(const std::vector<Polygon>& polygons) {
  std::size_t corners = 0;
  for (const Polygon& polygon : polygons) corners += polygon.size();
  return corners;
}

class Collector {
 public:
  Collector(const LayersOf& on, const Box& frame) : on_(on), frame_(frame) {}

  // window and transform: of the cell's own coordinates; to: from them to nm.
  void collect(std::size_t index, const Box& window, const Affine& to) {
    const Cell& cell = on_.library.cells[index];
    const auto whole = [](double v, double slack) {
      return static_cast<std::int64_t>(std::clamp(std::floor(v) + slack, -4e9, 4e9));
    };
    const DbBox box{whole(window.x0, -1), whole(window.y0, -1), whole(window.x1, 1),
                    whole(window.y1, 1)};
    for (const LayerId& layer : on_.layers) {
      const auto found = cell.layers.find(layer);
      if (found == cell.layers.end()) continue;
      for (const std::uint32_t shape : found->second.touching(box)) {
        count(1);
        Polygon polygon;
        found->second.outline_near(shape, box, outline_);
        corners_ += outline_.size();
        for (const DbPoint& p : outline_) polygon.push_back(to(p.x, p.y));
        boxes_area_ += area_within(polygon);
        polygons.push_back(std::move(polygon));
      }
      if (corners_ > most_corners_ && boxes_area_ > k_manyfold * area_of(frame_)) unite();
    }
    const auto collect_references = [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        const Placement& reference = cell.placements[i];
        if (is_empty(on_.boxes[reference.target]) ||
            !touch(array_box(reference, on_.boxes[reference.target]), window))
          continue;
        collect_array(reference, window, to);
      }
    };
    const BoxTree& tree = on_.references[index];
    if (tree.empty()) collect_references(0, cell.placements.size());
    else tree.near(window, collect_references);
  }

  std::vector<Polygon> polygons;

 private:
  void count(double work) {
    work_ += work;
    if (work_ > k_most_shapes)
      throw Error(ErrorCode::bad_input,
                  on_.name + ": more than 20 million shapes and placements touch one window; use a smaller one");
  }

  static double area_of(const Box& box) { return std::max(box.x1 - box.x0, 0.0) * std::max(box.y1 - box.y0, 0.0); }

  // Of the polygon's box within the frame.
  double area_within(const Polygon& polygon) const {
    Box box = k_nothing;
    for (const Point& p : polygon) box = united(box, {p.x, p.y, p.x, p.y});
    return area_of({std::max(box.x0, frame_.x0), std::max(box.y0, frame_.y0), std::min(box.x1, frame_.x1),
                    std::min(box.y1, frame_.y1)});
  }

  void unite() {
    polygons = merge(polygons, k_window_step_dbu);
    corners_ = corners_of(polygons);
    boxes_area_ = 0.0;
    most_corners_ = std::max(k_many_corners, 2 * corners_);
  }

  // Elements of an array that lie on one another manyfold, from (i0, j0) on: what one draws, then two of those, then four.
  void collect_doubling(const Placement& r, const Box& window, const Affine& to, const Lattice& lattice) {
    const auto steps = [](std::int64_t count, double x, double y) {
      return Point{static_cast<double>(count) * x, static_cast<double>(count) * y};
    };
    // Where something may lie to come into the window by so many steps or fewer.
    const auto before = [&](std::int64_t columns, std::int64_t rows) {
      const Point c = steps(columns, r.column_x, r.column_y), d = steps(rows, r.row_x, r.row_y);
      return Box{window.x0 - std::max(c.x, 0.0) - std::max(d.x, 0.0), window.y0 - std::max(c.y, 0.0) - std::max(d.y, 0.0),
                 window.x1 - std::min(c.x, 0.0) - std::min(d.x, 0.0), window.y1 - std::min(c.y, 0.0) - std::min(d.y, 0.0)};
    };
    Affine first = placement(r);
    const Point column = steps(lattice.i0, r.column_x, r.column_y), row = steps(lattice.j0, r.row_x, r.row_y);
    first.x0 += column.x + row.x;
    first.y0 += column.y + row.y;
    std::int64_t columns_left = lattice.columns, rows_left = lattice.rows;
    Box box = before(columns_left, rows_left);
    Collector one(on_, to.box(box));
    one.work_ = work_;
    one.collect(r.target, first.inverse().box(box), to.after(first));
    work_ = one.work_;
    std::vector<Polygon> all = clip(one.polygons, to.box(box), k_window_step_dbu);
    const auto repeat = [&](std::int64_t& left, double x, double y) {
      for (std::int64_t done = 1; left > 0;) {
        const std::int64_t more = std::min(done, left);
        const Point step = steps(more, to.xx * x + to.xy * y, to.yx * x + to.yy * y);
        const std::size_t drawn = all.size();
        for (std::size_t i = 0; i < drawn; ++i) {
          Polygon copy = all[i];
          for (Point& p : copy) p = {p.x + step.x, p.y + step.y};
          all.push_back(std::move(copy));
        }
        left -= more;
        done += more;
        box = before(columns_left, rows_left);
        all = clip(all, to.box(box), k_window_step_dbu);
      }
    };
    repeat(columns_left, r.column_x, r.column_y);
    repeat(rows_left, r.row_x, r.row_y);
    corners_ += corners_of(all);
    std::move(all.begin(), all.end(), std::back_inserter(polygons));
  }

  // Only those elements of the lattice whose box can touch the window.
  void collect_array(const Placement& r, const Box& window, const Affine& to) {
    if (const auto lattice = elements_near(r, placement(r).box(on_.boxes[r.target]), window)) collect_lattice(r, window, to, *lattice);
  }

  // Steps of a line of offsets that lie in a box, from the first to the last; none: the last before the first.
  static std::pair<std::int64_t, std::int64_t> steps_within(const Box& box, Point from, Point step, std::int64_t last) {
    double low = 0.0, high = static_cast<double>(last);
    const auto narrow = [&](double at, double by, double least, double most) {
      if (by == 0.0) {
        if (at < least || at > most) high = -1.0;
        return;
      }
      const double a = (least - at) / by, b = (most - at) / by;
      low = std::max(low, std::ceil(std::min(a, b) - k_lattice_slack));
      high = std::min(high, std::floor(std::max(a, b) + k_lattice_slack));
    };
    narrow(from.x, step.x, box.x0, box.x1);
    narrow(from.y, step.y, box.y0, box.y1);
    if (high < low) return {0, -1};
    return {static_cast<std::int64_t>(low), static_cast<std::int64_t>(high)};
  }

  void collect_lattice(const Placement& r, const Box& window, const Affine& to, const Lattice& lattice) {
    const Affine first = placement(r);
    const Box child = first.box(on_.boxes[r.target]);
    const Box offsets{window.x0 - child.x1, window.y0 - child.y1, window.x1 - child.x0, window.y1 - child.y0};
    const auto offset_of = [&](std::int64_t i, std::int64_t j) {
      const auto di = static_cast<double>(i), dj = static_cast<double>(j);
      return Point{di * r.column_x + dj * r.row_x, di * r.column_y + dj * r.row_y};
    };
    const double across = offsets.x1 - offsets.x0, up = offsets.y1 - offsets.y0;
    const double elements = (static_cast<double>(lattice.columns) + 1.0) * (static_cast<double>(lattice.rows) + 1.0);
    if (elements > k_few_elements &&
        elements * (child.x1 - child.x0) * (child.y1 - child.y0) > k_manyfold * across * up) {
      try {
        return collect_doubling(r, window, to, lattice);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::unsupported) throw;
      }
    }
    // Of few columns or rows each by itself: of a leaning array each has its own part in the window.
    if (std::min(lattice.columns, lattice.rows) > 0 && std::min(lattice.columns, lattice.rows) < k_few_lines) {
      const bool by_column = lattice.columns < lattice.rows;
      for (std::int64_t line = 0; line <= std::min(lattice.columns, lattice.rows); ++line) {
        Lattice part = lattice;
        (by_column ? part.i0 : part.j0) += line;
        const auto [low, high] = steps_within(offsets, offset_of(part.i0, part.j0),
                                              by_column ? Point{r.row_x, r.row_y} : Point{r.column_x, r.column_y},
                                              by_column ? lattice.rows : lattice.columns);
        count(1);
        if (high < low) continue;
        (by_column ? part.j0 : part.i0) += low;
        part.columns = by_column ? 0 : high - low;
        part.rows = by_column ? high - low : 0;
        collect_lattice(r, window, to, part);
      }
      return;
    }
    // As many points of the lattice lie in the offsets as their area says, or all.
    const double det = r.column_x * r.row_y - r.column_y * r.row_x;
    if (const double touching = det != 0.0 ? std::min(elements, across * up / std::abs(det)) : 0.0; touching > 2.0 * k_most_shapes)
      count(touching);
    for (std::int64_t j = lattice.j0; j <= lattice.j0 + lattice.rows; ++j)
      for (std::int64_t i = lattice.i0; i <= lattice.i0 + lattice.columns; ++i) {
        count(1);
        const Point d = offset_of(i, j);
        if (d.x < offsets.x0 || d.x > offsets.x1 || d.y < offsets.y0 || d.y > offsets.y1) continue;
        Affine here = first;
        here.x0 += d.x;
        here.y0 += d.y;
        collect(r.target, here.inverse().box(window), to.after(here));
      }
  }

  const LayersOf& on_;
  Box frame_;  // the window as mapped
  std::vector<DbPoint> outline_;
  std::size_t corners_ = 0, most_corners_ = k_many_corners;
  double work_ = 0.0, boxes_area_ = 0.0;
};

}  // namespace

std::vector<Polygon> window_shapes(const LayersOf& layers, std::size_t cell, const Box& window, const Affine& to) {
  Collector collector(layers, to.box(window));
  collector.collect(cell, window, to);
  return std::move(collector.polygons);
}

}  // namespace reticle::layout
