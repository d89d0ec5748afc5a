// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/shape_set.h"

#include <algorithm>
#include <cmath>

namespace reticle::layout {

namespace {

constexpr std::size_t k_shapes_worth_bins = 64;
constexpr double k_shapes_per_bin = 8.0;
constexpr std::size_t k_stretch = 64, k_many_points = 4 * k_stretch;
constexpr double k_size_step = 4.0;  // between shapes of one grid of bins and the next

DbBox united(const DbBox& a, const DbBox& b) {
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

DbBox box_of_points(const DbPoint* begin, const DbPoint* end) {
  DbBox box;
  for (const DbPoint* p = begin; p != end; ++p) box.add(*p);
  return box;
}

}  // namespace

void DbBox::add(DbPoint p) {
  x0 = std::min<std::int64_t>(x0, p.x);
  y0 = std::min<std::int64_t>(y0, p.y);
  x1 = std::max<std::int64_t>(x1, p.x);
  y1 = std::max<std::int64_t>(y1, p.y);
}

void ShapeSet::add(const std::vector<DbPoint>& polygon) {
  points_.building().insert(points_.building().end(), polygon.begin(), polygon.end());
  ends_.building().push_back(points_.size());
  for (const DbPoint p : polygon) box_.add(p);
}

const DbBox* ShapeSet::stretches_of(std::size_t shape) const {
  if (points_of(shape) < k_many_points) return nullptr;
  const auto found = std::lower_bound(long_.begin(), long_.end(), shape, [](const Long& l, std::size_t s) { return l.shape < s; });
  return found == long_.end() || found->shape != shape ? nullptr : stretches_.data() + found->first_stretch;
}

DbBox ShapeSet::box_of(std::size_t shape) const {
  const DbBox* stretches = stretches_of(shape);
  if (stretches == nullptr) return box_of_points(begin_of(shape), end_of(shape));
  DbBox box;
  for (std::size_t i = 0; i * k_stretch < points_of(shape); ++i) box = united(box, stretches[i]);
  return box;
}

void ShapeSet::index() {
  points_.building().shrink_to_fit();
  ends_.building().shrink_to_fit();
  long_.building().clear();
  stretches_.building().clear();
  bins_.clear();
  for (std::size_t shape = 0; shape < count(); ++shape) {
    if (points_of(shape) < k_many_points) continue;
    long_.building().push_back({shape, stretches_.size()});
    for (const DbPoint* p = begin_of(shape); p < end_of(shape); p += k_stretch)
      stretches_.building().push_back(box_of_points(p, std::min(p + k_stretch, end_of(shape))));
  }
  if (count() < k_shapes_worth_bins) return;
  // A few long shapes in the grid of many small ones would make every window look everywhere.
  const double area = (static_cast<double>(box_.x1 - box_.x0) + 1.0) * (static_cast<double>(box_.y1 - box_.y0) + 1.0);
  const double usual = std::sqrt(area * k_shapes_per_bin / static_cast<double>(count()));
  std::vector<std::vector<std::uint32_t>> by_size;
  for (std::size_t shape = 0; shape < count(); ++shape) {
    const DbBox box = box_of(shape);
    const double side = static_cast<double>(std::max(box.x1 - box.x0, box.y1 - box.y0));
    const auto size = side <= usual ? std::size_t{0} : static_cast<std::size_t>(1.0 + std::log(side / usual) / std::log(k_size_step));
    if (by_size.size() <= size) by_size.resize(size + 1);
    by_size[size].push_back(static_cast<std::uint32_t>(shape));
  }
  for (std::vector<std::uint32_t>& shapes : by_size)
    if (!shapes.empty()) bins_.push_back(bins_of(std::move(shapes)));
}

void ShapeSet::move_to(PagedMemory& memory) {
  points_.move_to(memory);
  ends_.move_to(memory);
  long_.move_to(memory);
  stretches_.move_to(memory);
  for (Bins& bins : bins_) {
    bins.begin.move_to(memory);
    bins.shapes.move_to(memory);
  }
}

ShapeSet::Bins ShapeSet::bins_of(std::vector<std::uint32_t> shapes) const {
  Bins bins;
  const double width = static_cast<double>(box_.x1 - box_.x0) + 1.0;
  const double height = static_cast<double>(box_.y1 - box_.y0) + 1.0;
  const double wanted = std::max(1.0, static_cast<double>(shapes.size()) / k_shapes_per_bin);
  bins.side = std::max<std::int64_t>(1, std::llround(std::ceil(std::sqrt(width * height / wanted))));
  bins.columns = static_cast<int>(std::min(width / static_cast<double>(bins.side), 3e4)) + 1;
  bins.rows = static_cast<int>(std::min(height / static_cast<double>(bins.side), 3e4)) + 1;
  bins.side = std::max<std::int64_t>(
      bins.side, static_cast<std::int64_t>(std::max(width / bins.columns, height / bins.rows)) + 1);
  const auto bin_of = [&](const DbBox& box) {
    return static_cast<std::size_t>((box.y0 - box_.y0) / bins.side) * static_cast<std::size_t>(bins.columns) +
           static_cast<std::size_t>((box.x0 - box_.x0) / bins.side);
  };
  std::vector<std::uint64_t> begin(static_cast<std::size_t>(bins.columns) * static_cast<std::size_t>(bins.rows) + 1, 0);
  for (const std::uint32_t shape : shapes) {
    const DbBox box = box_of(shape);
    ++begin[bin_of(box) + 1];
    bins.reach_x = std::max(bins.reach_x, box.x1 - box.x0);
    bins.reach_y = std::max(bins.reach_y, box.y1 - box.y0);
  }
  for (std::size_t b = 1; b < begin.size(); ++b) begin[b] += begin[b - 1];
  std::vector<std::uint32_t> by_bin(shapes.size());
  std::vector<std::uint64_t> next(begin.begin(), begin.end() - 1);
  for (const std::uint32_t shape : shapes) by_bin[next[bin_of(box_of(shape))]++] = shape;
  bins.begin = std::move(begin);
  bins.shapes = std::move(by_bin);
  return bins;
}

std::vector<std::uint32_t> ShapeSet::touching(const DbBox& window) const {
  std::vector<std::uint32_t> found;
  if (count() == 0 || !box_.touches(window)) return found;
  if (bins_.empty()) {
    for (std::size_t i = 0; i < count(); ++i)
      if (box_of(i).touches(window)) found.push_back(static_cast<std::uint32_t>(i));
    return found;
  }
  for (const Bins& bins : bins_) {
    // A shape that touches has its lower left corner at most its reach below the window.
    const auto clamp_bin = [&](std::int64_t value, std::int64_t origin, int count) {
      return static_cast<int>(std::clamp<std::int64_t>((value - origin) / bins.side, 0, count - 1));
    };
    const int x_first = clamp_bin(std::max(window.x0 - bins.reach_x, box_.x0), box_.x0, bins.columns);
    const int x_last = clamp_bin(std::min(window.x1, box_.x1), box_.x0, bins.columns);
    const int y_first = clamp_bin(std::max(window.y0 - bins.reach_y, box_.y0), box_.y0, bins.rows);
    const int y_last = clamp_bin(std::min(window.y1, box_.y1), box_.y0, bins.rows);
    for (int y = y_first; y <= y_last; ++y)
      for (int x = x_first; x <= x_last; ++x) {
        const std::size_t bin = static_cast<std::size_t>(y) * static_cast<std::size_t>(bins.columns) +
                                static_cast<std::size_t>(x);
        for (std::uint64_t i = bins.begin[bin]; i < bins.begin[bin + 1]; ++i)
          if (box_of(bins.shapes[i]).touches(window)) found.push_back(bins.shapes[i]);
      }
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool ShapeSet::is_sound() const {
  const auto in_32_bits = [](const DbBox& box) {
    return box.empty() || (box.x0 >= INT32_MIN && box.y0 >= INT32_MIN && box.x1 <= INT32_MAX && box.y1 <= INT32_MAX && box.y0 <= box.y1);
  };
  std::uint64_t end = 0, stretches = 0;
  std::size_t long_ones = 0;
  for (std::size_t shape = 0; shape < count(); ++shape) {
    const std::uint64_t begin = end;
    end = ends_[shape];
    if (end <= begin || end > points_.size()) return false;
    if (end - begin < k_many_points) continue;
    if (long_ones == long_.size() || long_[long_ones].shape != shape || long_[long_ones].first_stretch != stretches) return false;
    stretches += (end - begin + k_stretch - 1) / k_stretch;
    ++long_ones;
  }
  if (end != points_.size() || long_ones != long_.size() || stretches != stretches_.size() || !in_32_bits(box_)) return false;
  constexpr std::int64_t k_span = std::int64_t{1} << 33;
  return std::all_of(bins_.begin(), bins_.end(), [&](const Bins& bins) {
    const auto within = [](std::int64_t value, std::int64_t least, std::int64_t most) { return value >= least && value <= most; };
    if (!(within(bins.side, 1, k_span) && within(bins.columns, 1, 1 << 16) && within(bins.rows, 1, 1 << 16) &&
          within(bins.reach_x, 0, k_span) && within(bins.reach_y, 0, k_span)))
      return false;
    return bins.begin.size() == static_cast<std::size_t>(bins.columns) * static_cast<std::size_t>(bins.rows) + 1 && bins.begin[0] == 0 &&
           bins.begin[bins.begin.size() - 1] == bins.shapes.size() && std::is_sorted(bins.begin.begin(), bins.begin.end()) &&
           std::all_of(bins.shapes.begin(), bins.shapes.end(), [&](std::uint32_t shape) { return shape < count(); });
  });
}

void ShapeSet::outline_near(std::size_t shape, const DbBox& window, std::vector<DbPoint>& outline) const {
  const DbPoint *begin = begin_of(shape), *end = end_of(shape);
  const DbBox* stretch = stretches_of(shape);
  outline.clear();
  if (stretch == nullptr) {
    outline.assign(begin, end);
    return;
  }
  for (const DbPoint* p = begin; p < end; p += k_stretch, ++stretch) {
    const DbPoint *stop = std::min(p + k_stretch, end), last = *(stop - 1);
    const bool beside = stretch->x1 < window.x0 || stretch->x0 > window.x1;
    const bool over = stretch->y1 < window.y0 || stretch->y0 > window.y1;
    if (!beside && !over) {
      outline.insert(outline.end(), p, stop);
      continue;
    }
    // Each of the three points lies where both coordinates are ones of the stretch: on its side of the window.
    outline.push_back(*p);
    outline.push_back({last.x, p->y});
    outline.push_back(last);
  }
}

}  // namespace reticle::layout
