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

auto kind_of(const Reference& r) { return std::tuple(r.target, r.angle_deg, r.magnification, r.mirror); }

// Steps add up exactly, so that joined placements stand where they stood.
bool is_whole(const Reference& r) {
  return r.x == std::round(r.x) && r.y == std::round(r.y) && std::abs(r.x) < k_whole && std::abs(r.y) < k_whole;
}

bool is_single(const Reference& r) { return r.columns == 1 && r.rows == 1 && is_whole(r); }

// Sorted by kind, then rows from below, each from the left: equal steps become columns.
std::vector<Reference> joined_columns(std::vector<Reference> singles) {
  std::sort(singles.begin(), singles.end(), [](const Reference& a, const Reference& b) {
    return std::tuple_cat(kind_of(a), std::tuple(a.y, a.x)) < std::tuple_cat(kind_of(b), std::tuple(b.y, b.x));
  });
  std::vector<Reference> runs;
  for (Reference& r : singles) {
    if (!runs.empty() && kind_of(runs.back()) == kind_of(r) && runs.back().y == r.y) {
      Reference& run = runs.back();
      const double step = r.x - run.x - (run.columns - 1) * run.column_x;
      if (step > 0.0 && run.columns < std::numeric_limits<int>::max() && (run.columns == 1 || step == run.column_x)) {
        run.column_x = step;
        ++run.columns;
        continue;
      }
    }
    runs.push_back(std::move(r));
  }
  return runs;
}

// Equal runs above each other at equal steps become rows.
std::vector<Reference> joined_rows(std::vector<Reference> runs) {
  const auto form = [](const Reference& r) {
    return std::tuple_cat(kind_of(r), std::tuple(r.x, r.columns, r.column_x));
  };
  std::sort(runs.begin(), runs.end(), [&](const Reference& a, const Reference& b) {
    return std::tuple_cat(form(a), std::tuple(a.y)) < std::tuple_cat(form(b), std::tuple(b.y));
  });
  std::vector<Reference> lattices;
  for (Reference& r : runs) {
    if (!lattices.empty() && form(lattices.back()) == form(r)) {
      Reference& below = lattices.back();
      const double step = r.y - below.y - (below.rows - 1) * below.row_y;
      if (step > 0.0 && below.rows < std::numeric_limits<int>::max() && (below.rows == 1 || step == below.row_y)) {
        below.row_y = step;
        ++below.rows;
        continue;
      }
    }
    lattices.push_back(std::move(r));
  }
  return lattices;
}

}  // namespace

void join_lattices(std::vector<Reference>& references) {
  const auto others = std::partition(references.begin(), references.end(), is_single);
  std::vector<Reference> singles(std::make_move_iterator(references.begin()), std::make_move_iterator(others));
  std::vector<Reference> joined = joined_rows(joined_columns(std::move(singles)));
  joined.insert(joined.end(), std::make_move_iterator(others), std::make_move_iterator(references.end()));
  joined.shrink_to_fit();
  references = std::move(joined);
}

void sort_by_place(std::vector<Reference>& references) {
  constexpr double k_group = 16.0;  // that are found together
  const auto middle_x = [](const Reference& r) { return r.x + 0.5 * ((r.columns - 1) * r.column_x + (r.rows - 1) * r.row_x); };
  const auto middle_y = [](const Reference& r) { return r.y + 0.5 * ((r.columns - 1) * r.column_y + (r.rows - 1) * r.row_y); };
  std::stable_sort(references.begin(), references.end(),
                   [&](const Reference& a, const Reference& b) { return middle_x(a) < middle_x(b); });
  const auto count = static_cast<double>(references.size());
  const auto strip = static_cast<std::ptrdiff_t>(k_group * std::max(1.0, std::ceil(std::sqrt(count / k_group))));
  for (auto first = references.begin(); first != references.end();) {
    const auto last = first + std::min<std::ptrdiff_t>(strip, references.end() - first);
    std::stable_sort(first, last, [&](const Reference& a, const Reference& b) { return middle_y(a) < middle_y(b); });
    first = last;
  }
}

}  // namespace reticle::layout
