// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/cell_library.h"

#include <algorithm>
#include <cmath>

#include "kernels/base/error.h"

namespace reticle::layout {

namespace {

constexpr std::size_t k_shapes_worth_bins = 64;
constexpr double k_shapes_per_bin = 8.0;
constexpr double k_most_placements = 1e7;

}  // namespace

void DbBox::add(DbPoint p) {
  x0 = std::min<std::int64_t>(x0, p.x);
  y0 = std::min<std::int64_t>(y0, p.y);
  x1 = std::max<std::int64_t>(x1, p.x);
  y1 = std::max<std::int64_t>(y1, p.y);
}

void ShapeSet::add(const std::vector<DbPoint>& polygon) {
  points_.insert(points_.end(), polygon.begin(), polygon.end());
  ends_.push_back(points_.size());
  for (const DbPoint p : polygon) box_.add(p);
}

DbBox ShapeSet::box_of(std::size_t shape) const {
  DbBox box;
  for (const DbPoint* p = begin_of(shape); p != end_of(shape); ++p) box.add(*p);
  return box;
}

void ShapeSet::index() {
  points_.shrink_to_fit();
  ends_.shrink_to_fit();
  if (count() < k_shapes_worth_bins) return;
  const double width = static_cast<double>(box_.x1 - box_.x0) + 1.0;
  const double height = static_cast<double>(box_.y1 - box_.y0) + 1.0;
  const double bins = static_cast<double>(count()) / k_shapes_per_bin;
  bin_ = std::max<std::int64_t>(1, std::llround(std::ceil(std::sqrt(width * height / bins))));
  bins_x_ = static_cast<int>(std::min(width / static_cast<double>(bin_), 3e4)) + 1;
  bins_y_ = static_cast<int>(std::min(height / static_cast<double>(bin_), 3e4)) + 1;
  bin_ = std::max<std::int64_t>(
      bin_, static_cast<std::int64_t>(std::max(width / bins_x_, height / bins_y_)) + 1);
  const auto bin_of = [&](const DbBox& box) {
    return static_cast<std::size_t>((box.y0 - box_.y0) / bin_) * static_cast<std::size_t>(bins_x_) +
           static_cast<std::size_t>((box.x0 - box_.x0) / bin_);
  };
  bin_begin_.assign(static_cast<std::size_t>(bins_x_) * static_cast<std::size_t>(bins_y_) + 1, 0);
  for (std::size_t i = 0; i < count(); ++i) {
    const DbBox box = box_of(i);
    ++bin_begin_[bin_of(box) + 1];
    reach_x_ = std::max(reach_x_, box.x1 - box.x0);
    reach_y_ = std::max(reach_y_, box.y1 - box.y0);
  }
  for (std::size_t b = 1; b < bin_begin_.size(); ++b) bin_begin_[b] += bin_begin_[b - 1];
  bin_shapes_.resize(count());
  std::vector<std::uint64_t> next(bin_begin_.begin(), bin_begin_.end() - 1);
  for (std::size_t i = 0; i < count(); ++i)
    bin_shapes_[next[bin_of(box_of(i))]++] = static_cast<std::uint32_t>(i);
}

std::vector<std::uint32_t> ShapeSet::touching(const DbBox& window) const {
  std::vector<std::uint32_t> found;
  if (count() == 0 || !box_.touches(window)) return found;
  if (bin_ == 0) {
    for (std::size_t i = 0; i < count(); ++i)
      if (box_of(i).touches(window)) found.push_back(static_cast<std::uint32_t>(i));
    return found;
  }
  // A shape that touches has its lower left corner at most its reach below the window.
  const auto clamp_bin = [&](std::int64_t value, std::int64_t origin, int bins) {
    return static_cast<int>(std::clamp<std::int64_t>((value - origin) / bin_, 0, bins - 1));
  };
  const int x_first = clamp_bin(std::max(window.x0 - reach_x_, box_.x0), box_.x0, bins_x_);
  const int x_last = clamp_bin(std::min(window.x1, box_.x1), box_.x0, bins_x_);
  const int y_first = clamp_bin(std::max(window.y0 - reach_y_, box_.y0), box_.y0, bins_y_);
  const int y_last = clamp_bin(std::min(window.y1, box_.y1), box_.y0, bins_y_);
  for (int y = y_first; y <= y_last; ++y)
    for (int x = x_first; x <= x_last; ++x) {
      const std::size_t bin = static_cast<std::size_t>(y) * static_cast<std::size_t>(bins_x_) +
                              static_cast<std::size_t>(x);
      for (std::uint64_t i = bin_begin_[bin]; i < bin_begin_[bin + 1]; ++i)
        if (box_of(bin_shapes_[i]).touches(window)) found.push_back(bin_shapes_[i]);
    }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Reference> whole_placements(const Reference& reference, int most_steps) {
  const auto whole = [](double v) { return v == std::round(v); };
  const bool columns_whole = whole(reference.column_x) && whole(reference.column_y);
  const bool rows_whole = whole(reference.row_x) && whole(reference.row_y);
  const int columns = columns_whole ? most_steps : 1, rows = rows_whole ? most_steps : 1;
  if (std::ceil(static_cast<double>(reference.columns) / columns) * std::ceil(static_cast<double>(reference.rows) / rows) >
      k_most_placements)
    throw Error(ErrorCode::bad_input, "an array of " + std::to_string(reference.columns) + " x " +
                                          std::to_string(reference.rows) + " of cell '" + reference.cell +
                                          "' takes more than ten million placements in this format; write another one, "
                                          "or give the array whole steps");
  std::vector<Reference> placements;
  for (std::int64_t j = 0; j < reference.rows; j += rows)
    for (std::int64_t i = 0; i < reference.columns; i += columns) {
      Reference part = reference;
      const auto di = static_cast<double>(i), dj = static_cast<double>(j);
      part.columns = static_cast<int>(std::min<std::int64_t>(columns, reference.columns - i));
      part.rows = static_cast<int>(std::min<std::int64_t>(rows, reference.rows - j));
      part.x = std::round(reference.x + di * reference.column_x + dj * reference.row_x);
      part.y = std::round(reference.y + di * reference.column_y + dj * reference.row_y);
      placements.push_back(part);
    }
  return placements;
}

bool is_flat(const std::vector<DbPoint>& outline) {
  const auto between = [](DbPoint a, DbPoint b) {
    return std::pair(std::int64_t{b.x} - a.x, std::int64_t{b.y} - a.y);
  };
  std::size_t other = 0;  // the first point that is not the first one's
  while (other < outline.size() && between(outline[0], outline[other]) == std::pair<std::int64_t, std::int64_t>{}) ++other;
  for (std::size_t i = other + 1; i < outline.size(); ++i) {
    const auto [ux, uy] = between(outline[0], outline[other]);
    const auto [vx, vy] = between(outline[0], outline[i]);
    __extension__ using Wide = __int128;
    if (Wide{ux} * vy != Wide{uy} * vx) return false;
  }
  return true;
}

double decimal_dbu_nm(double dbu_nm) {
  const double millionths = std::round(dbu_nm * 1e6);
  return std::abs(dbu_nm * 1e6 - millionths) < 1e-9 * millionths ? millionths / 1e6 : dbu_nm;
}

}  // namespace reticle::layout
