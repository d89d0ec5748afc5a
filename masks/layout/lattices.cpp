// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/lattices.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

namespace reticle::layout {

namespace {

constexpr double k_whole = 9007199254740992.0;  // 2^53: sums of steps below it are exact

auto kind_of(const Placement& r) { return std::tuple(r.target, r.angle_deg, r.magnification, r.mirror); }

// Steps add up exactly, so that joined placements stand where they stood.
bool is_whole(const Placement& r) {
  return r.x == std::round(r.x) && r.y == std::round(r.y) && std::abs(r.x) < k_whole && std::abs(r.y) < k_whole;
}

bool is_single(const Placement& r) { return r.columns == 1 && r.rows == 1 && is_whole(r); }

// What lies along an axis of a lattice, and where the lattice begins there.
struct Axis {
  double Placement::*start;
  int Placement::*count;
  double Placement::*step;
};
constexpr Axis k_columns{&Placement::x, &Placement::columns, &Placement::column_x};
constexpr Axis k_rows{&Placement::y, &Placement::rows, &Placement::row_y};

// Those of equal form() that follow each other at equal steps along the axis become one.
template <class Form>
std::vector<Placement> joined(std::vector<Placement> references, const Axis& axis, const Form& form) {
  std::sort(references.begin(), references.end(), [&](const Placement& a, const Placement& b) {
    return std::tuple_cat(form(a), std::tuple(a.*axis.start)) < std::tuple_cat(form(b), std::tuple(b.*axis.start));
  });
  std::vector<Placement> lattices;
  for (Placement& r : references) {
    if (!lattices.empty() && form(lattices.back()) == form(r)) {
      Placement& last = lattices.back();
      int& count = last.*axis.count;
      const double step = r.*axis.start - last.*axis.start - (count - 1) * last.*axis.step;
      if (step > 0.0 && count < std::numeric_limits<int>::max() && (count == 1 || step == last.*axis.step)) {
        last.*axis.step = step;
        ++count;
        continue;
      }
    }
    lattices.push_back(std::move(r));
  }
  return lattices;
}

}  // namespace

void join_lattices(std::vector<Placement>& references) {
  const auto others = std::partition(references.begin(), references.end(), is_single);
  std::vector<Placement> singles(std::make_move_iterator(references.begin()), std::make_move_iterator(others));
  std::vector<Placement> runs = joined(std::move(singles), k_columns, [](const Placement& r) {
    return std::tuple_cat(kind_of(r), std::tuple(r.y));
  });
  std::vector<Placement> lattices = joined(std::move(runs), k_rows, [](const Placement& r) {
    return std::tuple_cat(kind_of(r), std::tuple(r.x, r.columns, r.column_x));
  });
  lattices.insert(lattices.end(), std::make_move_iterator(others), std::make_move_iterator(references.end()));
  lattices.shrink_to_fit();
  references = std::move(lattices);
}

void sort_by_place(std::vector<Placement>& references) {
  constexpr double k_group = 16.0;  // that are found together
  const auto middle_x = [](const Placement& r) { return r.x + 0.5 * ((r.columns - 1) * r.column_x + (r.rows - 1) * r.row_x); };
  const auto middle_y = [](const Placement& r) { return r.y + 0.5 * ((r.columns - 1) * r.column_y + (r.rows - 1) * r.row_y); };
  std::stable_sort(references.begin(), references.end(),
                   [&](const Placement& a, const Placement& b) { return middle_x(a) < middle_x(b); });
  const auto count = static_cast<double>(references.size());
  const auto strip = static_cast<std::ptrdiff_t>(k_group * std::max(1.0, std::ceil(std::sqrt(count / k_group))));
  for (auto first = references.begin(); first != references.end();) {
    const auto last = first + std::min<std::ptrdiff_t>(strip, references.end() - first);
    std::stable_sort(first, last, [&](const Placement& a, const Placement& b) { return middle_y(a) < middle_y(b); });
    first = last;
  }
}

}  // namespace reticle::layout
