// SPDX-License-Identifier: Apache-2.0
// Where a layout repeats itself: distances from each placement of a cell to the next one of the same cell and
// orientation in its row or column, of arrays their steps, and within cells distances between equal shapes. A
// distance weighs as much as is drawn in what stands that far from its like.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <tuple>
#include <unordered_map>

#include "masks/layout/layout.h"

namespace reticle {

using layout::Cell;
using layout::DbPoint;
using layout::Placement;
using layout::ShapeSet;

namespace {

constexpr std::size_t k_steps_kept = 16;
constexpr double k_least_share = 0.02;  // of what is drawn; less is no array

// Copies of a cell in the layout, upright or turned by a right angle. Others take no part.
struct Copies {
  double upright = 0.0, turned = 0.0;
};

struct Place {
  std::int64_t x = 0, y = 0;
};

class Steps {
 public:
  // A run of so many members, each of which draws so much.
  void add_x(std::int64_t step, std::int64_t members, double drawn, const Copies& copies) {
    add(step, members, drawn, copies.upright, copies.turned);
  }
  void add_y(std::int64_t step, std::int64_t members, double drawn, const Copies& copies) {
    add(step, members, drawn, copies.turned, copies.upright);
  }
  // Of equal things of one cell.
  void add(std::vector<Place>& places, double drawn, const Copies& copies) {
    if (places.size() < 3) return;
    std::sort(places.begin(), places.end(), [](Place a, Place b) { return std::tie(a.y, a.x) < std::tie(b.y, b.x); });
    for_runs(places, [](Place a, Place b) { return a.y == b.y ? b.x - a.x : 0; },
             [&](std::int64_t step, std::int64_t members) { add_x(step, members, drawn, copies); });
    std::sort(places.begin(), places.end(), [](Place a, Place b) { return std::tie(a.x, a.y) < std::tie(b.x, b.y); });
    for_runs(places, [](Place a, Place b) { return a.x == b.x ? b.y - a.y : 0; },
             [&](std::int64_t step, std::int64_t members) { add_y(step, members, drawn, copies); });
  }
  LayoutArrays arrays(double all_drawn, double dbu_nm) const {
    return {sorted(x_, all_drawn, dbu_nm), sorted(y_, all_drawn, dbu_nm)};
  }

 private:
  using Runs = std::map<std::int64_t, double>;  // members -> area

  // Of equal steps from each place to the next; 0: no neighbours.
  static void for_runs(const std::vector<Place>& places, const auto& step_between, const auto& add_run) {
    std::int64_t before = 0, members = 1;
    for (std::size_t i = 1; i <= places.size(); ++i) {
      const std::int64_t step = i < places.size() ? step_between(places[i - 1], places[i]) : 0;
      if (step != before) {
        add_run(before, members);
        members = 1;
      }
      ++members;
      before = step;
    }
  }
  void add(std::int64_t step, std::int64_t members, double drawn, double along_x, double along_y) {
    if (step == 0) return;
    const double area = static_cast<double>(members) * drawn;
    if (along_x > 0.0) x_[std::abs(step)][members] += area * along_x;
    if (along_y > 0.0) y_[std::abs(step)][members] += area * along_y;
  }
  static std::vector<ArrayStep> sorted(const std::map<std::int64_t, Runs>& found, double all_drawn, double dbu_nm) {
    std::vector<ArrayStep> steps;
    for (const auto& [step, runs] : found) {
      double area = 0.0;
      for (const auto& [members, part] : runs) area += part;
      if (area < k_least_share * all_drawn) continue;
      ArrayStep& kept = steps.emplace_back(static_cast<double>(step) * dbu_nm, std::min(1.0, area / all_drawn));
      for (const auto& [members, part] : runs)
        kept.runs.push_back({static_cast<double>(members) * kept.step_nm, part / area * kept.share});
    }
    std::stable_sort(steps.begin(), steps.end(), [](const ArrayStep& a, const ArrayStep& b) { return a.share > b.share; });
    if (steps.size() > k_steps_kept) steps.resize(k_steps_kept);
    return steps;
  }

  std::map<std::int64_t, Runs> x_, y_;  // by the step in database units
};

constexpr std::size_t k_cells_at_once = 256;  // of the layout's pages

double area_of(const DbPoint* begin, const DbPoint* end) {
  double twice = 0.0;
  for (const DbPoint* p = begin; p != end; ++p) {
    const DbPoint& q = p + 1 == end ? *begin : p[1];
    twice += static_cast<double>(p->x) * q.y - static_cast<double>(q.x) * p->y;
  }
  return 0.5 * std::abs(twice);
}

// Of the points after the first, relative to it.
std::uint64_t form_of(const DbPoint* begin, const DbPoint* end) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const DbPoint* p = begin + 1; p < end; ++p)
    for (const std::int64_t d : {std::int64_t{p->x} - begin->x, std::int64_t{p->y} - begin->y})
      hash = (hash ^ static_cast<std::uint64_t>(d)) * 0x100000001b3;
  return hash;
}

void add_shapes(const ShapeSet& shapes, const Copies& copies, Steps& steps) {
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> forms;
  for (std::uint32_t i = 0; i < shapes.count(); ++i) forms[form_of(shapes.begin_of(i), shapes.end_of(i))].push_back(i);
  for (const auto& [form, members] : forms) {
    std::vector<Place> places;
    for (const std::uint32_t i : members) places.push_back({shapes.begin_of(i)->x, shapes.begin_of(i)->y});
    steps.add(places, area_of(shapes.begin_of(members.front()), shapes.end_of(members.front())), copies);
  }
}

std::int64_t whole(double v) { return std::llround(v); }

// Quarter turns; none for other angles and for magnified cells.
std::optional<int> quarters_of(const Placement& r) {
  const double quarters = r.angle_deg / 90.0;
  if (r.magnification != 1.0 || quarters != std::round(quarters)) return {};
  return static_cast<int>(std::remainder(std::round(quarters), 4.0) + 4.0) % 4;
}

}  // namespace

LayoutArrays LayoutView::arrays() const {
  const auto& cells = library_->cells;
  std::vector<double> drawn(cells.size());  // in a cell and below it
  const auto give_back = [&](std::size_t i) {
    if (i % k_cells_at_once == 0) library_->paged->give_back();
  };
  for (std::size_t i = 0; i <= cell_; ++i) {
    give_back(i);
    for (const LayerId& layer : layers_)
      if (const auto found = cells[i].layers.find(layer); found != cells[i].layers.end())
        for (std::size_t k = 0; k < found->second.count(); ++k)
          drawn[i] += area_of(found->second.begin_of(k), found->second.end_of(k));
    for (const Placement& r : cells[i].placements)
      drawn[i] += drawn[r.target] * r.magnification * r.magnification * r.columns * r.rows;
  }
  if (!(drawn[cell_] > 0.0)) return {};
  std::vector<Copies> copies(cells.size());
  copies[cell_].upright = 1.0;
  Steps steps;
  for (std::size_t i = cell_ + 1; i-- > 0;) {
    give_back(i);
    const Copies& of_cell = copies[i];
    if (of_cell.upright + of_cell.turned == 0.0) continue;
    for (const LayerId& layer : layers_)
      if (const auto found = cells[i].layers.find(layer); found != cells[i].layers.end())
        add_shapes(found->second, of_cell, steps);
    std::map<std::tuple<std::size_t, int, bool>, std::vector<Place>> alike;
    for (const Placement& r : cells[i].placements) {
      const std::optional<int> quarters = quarters_of(r);
      if (drawn[r.target] == 0.0 || !quarters) continue;
      const double count = static_cast<double>(r.columns) * r.rows;
      const bool turns = *quarters % 2 == 1;
      copies[r.target].upright += count * (turns ? of_cell.turned : of_cell.upright);
      copies[r.target].turned += count * (turns ? of_cell.upright : of_cell.turned);
      if (r.columns == 1 && r.rows == 1) {
        alike[{r.target, *quarters, r.mirror}].push_back({whole(r.x), whole(r.y)});
        continue;
      }
      const auto add_lattice = [&](double dx, double dy, int members) {
        const double each = drawn[r.target] * count / members;
        if (members > 1 && dy == 0.0) steps.add_x(whole(dx), members, each, of_cell);
        if (members > 1 && dx == 0.0) steps.add_y(whole(dy), members, each, of_cell);
      };
      add_lattice(r.column_x, r.column_y, r.columns);
      add_lattice(r.row_x, r.row_y, r.rows);
    }
    for (auto& [what, places] : alike) steps.add(places, drawn[std::get<0>(what)], of_cell);
  }
  return steps.arrays(drawn[cell_], library_->dbu_nm);
}

}  // namespace reticle
