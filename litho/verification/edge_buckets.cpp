// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/edge_buckets.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace reticle {

namespace {

// Lengths of outlines: neither tiny nor huge, so without the care of std::hypot.
double length_of(double x, double y) { return std::sqrt(x * x + y * y); }

constexpr double k_edges_per_cell = 10.0;
constexpr int k_most_cells_a_side = 1024;

// Edges of a cell that are looked at together.
constexpr std::uint32_t k_together = 4;
typedef double Four __attribute__((vector_size(k_together * sizeof(double))));
typedef std::int64_t FourFlags __attribute__((vector_size(k_together * sizeof(std::int64_t))));

Four four_at(const std::vector<double>& numbers, std::uint32_t place) {
  Four four;
  std::memcpy(&four, numbers.data() + place, sizeof four);
  return four;
}

}  // namespace

EdgeBuckets::EdgeBuckets(std::span<const Polygon> rings) {
  double x1 = 0.0, y1 = 0.0, length = 0.0;
  for (std::size_t r = 0; r < rings.size(); ++r)
    for (std::size_t i = 0; i < rings[r].size(); ++i) {
      const Point a = rings[r][i], b = rings[r][(i + 1) % rings[r].size()];
      if (edges_.empty()) x0_ = x1 = a.x, y0_ = y1 = a.y;
      x0_ = std::min(x0_, a.x), x1 = std::max(x1, a.x);
      y0_ = std::min(y0_, a.y), y1 = std::max(y1, a.y);
      length += length_of(b.x - a.x, b.y - a.y);
      edges_.push_back({a, b, static_cast<int>(r), static_cast<int>(i)});
    }
  if (edges_.empty()) return;
  const double mean = length / static_cast<double>(edges_.size());
  cell_ = std::max({k_edges_per_cell * mean, (x1 - x0_) / k_most_cells_a_side, (y1 - y0_) / k_most_cells_a_side, 1e-3});
  // Long edges: no more cells than there are edges to find.
  cell_ = std::min(cell_, std::max(16.0, std::sqrt((x1 - x0_) * (y1 - y0_) / static_cast<double>(edges_.size()))));
  cell_ = std::max({cell_, (x1 - x0_) / k_most_cells_a_side, (y1 - y0_) / k_most_cells_a_side});
  cols_ = static_cast<int>((x1 - x0_) / cell_) + 1;
  rows_ = static_cast<int>((y1 - y0_) / cell_) + 1;
  per_nm_ = 1.0 / cell_;
  begin_.assign(static_cast<std::size_t>(cols_) * rows_ + 1, 0);
  struct Held {
    std::uint32_t cell, edge;
  };
  std::vector<Held> all;
  all.reserve(2 * edges_.size());
  for (std::size_t i = 0; i < edges_.size(); ++i)
    for_cells(edges_[i].from, edges_[i].to, [&](std::size_t cell) {
      ++begin_[cell + 1];
      all.push_back({static_cast<std::uint32_t>(cell), static_cast<std::uint32_t>(i)});
    });
  for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
  held_.resize(all.size());
  for (std::vector<double>* ends : {&from_x_, &from_y_, &to_x_, &to_y_}) ends->resize(all.size() + k_together);
  std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  for (const Held& one : all) {
    const std::uint32_t place = next[one.cell]++;
    const Edge& edge = edges_[one.edge];
    held_[place] = one.edge;
    from_x_[place] = edge.from.x, from_y_[place] = edge.from.y;
    to_x_[place] = edge.to.x, to_y_[place] = edge.to.y;
  }
}

int EdgeBuckets::column(double x) const {
  return static_cast<int>(std::clamp(std::floor((x - x0_) * per_nm_), -1.0, cols_ + 0.0));
}
int EdgeBuckets::row(double y) const {
  return static_cast<int>(std::clamp(std::floor((y - y0_) * per_nm_), -1.0, rows_ + 0.0));
}

// All cells that a segment touches: row by row, the columns it spans there.
template <class Take>
void EdgeBuckets::for_cells(Point from, Point to, const Take& take) const {
  if (from.y > to.y) std::swap(from, to);
  constexpr double k_slack = 1e-9;
  const int low = row(from.y - k_slack), high = row(to.y + k_slack);
  for (int y = std::max(low, 0); y <= std::min(high, rows_ - 1); ++y) {
    double xa = std::min(from.x, to.x), xb = std::max(from.x, to.x);
    if (low != high && from.y != to.y) {
      const double slope = (to.x - from.x) / (to.y - from.y);
      const double bottom = std::clamp(y0_ + y * cell_ - k_slack, from.y, to.y);
      const double top = std::clamp(y0_ + (y + 1) * cell_ + k_slack, from.y, to.y);
      const double a = from.x + (bottom - from.y) * slope, b = from.x + (top - from.y) * slope;
      xa = std::min(a, b), xb = std::max(a, b);
    }
    const int first = std::max(column(xa - k_slack), 0), last = std::min(column(xb + k_slack), cols_ - 1);
    for (int x = first; x <= last; ++x) take(static_cast<std::size_t>(y) * cols_ + x);
  }
}

void EdgeBuckets::near(Point from, Point to, std::vector<std::uint32_t>& found) const {
  found.clear();
  if (edges_.empty()) return;
  std::size_t cells = 0;
  for_cells(from, to, [&](std::size_t cell) {
    found.insert(found.end(), held_.begin() + begin_[cell], held_.begin() + begin_[cell + 1]);
    ++cells;
  });
  if (cells <= 1) return;
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
}

// Cells in the order in which the ray enters them; those entered beyond the best hit cannot hold a nearer one.
template <class Look>
void EdgeBuckets::walk(Point from, Point direction, double range, const Look& look) const {
  // Along an axis: where the ray enters the grid and leaves it, and its way from cell to cell.
  struct Axis {
    int cell, step, left;  // left: cells ahead
    double next, pitch;    // of the ray, to the next cell and from one to the next
  };
  double enters = 0.0, leaves = range;
  const auto cut = [&](double at, double way, double low, double high) {
    if (way == 0.0) {
      if (at < low || at > high) leaves = -1.0;
      return;
    }
    const double a = (low - at) / way, b = (high - at) / way;
    enters = std::max(enters, std::min(a, b)), leaves = std::min(leaves, std::max(a, b));
  };
  constexpr double k_slack = 1e-9;
  const double x1 = x0_ + cols_ * cell_, y1 = y0_ + rows_ * cell_;
  if (!(from.x > x0_ && from.x < x1 && from.y > y0_ && from.y < y1)) {
    cut(from.x, direction.x, x0_ - k_slack, x1 + k_slack);
    cut(from.y, direction.y, y0_ - k_slack, y1 + k_slack);
  }
  if (enters > leaves) return;
  const auto axis = [&](double at, double way, double origin, int count) {
    const int cell = std::clamp(static_cast<int>(std::floor((at + enters * way - origin) / cell_)), 0, count - 1);
    if (way == 0.0) return Axis{cell, 0, 0, std::numeric_limits<double>::infinity(), 0.0};
    const double border = origin + (cell + (way > 0.0 ? 1 : 0)) * cell_;
    return Axis{cell, way > 0.0 ? 1 : -1, way > 0.0 ? count - 1 - cell : cell, (border - at) / way, cell_ / std::abs(way)};
  };
  Axis x = axis(from.x, direction.x, x0_, cols_), y = axis(from.y, direction.y, y0_, rows_);
  // Which border comes next is a toss: no branch hangs on it.
  std::ptrdiff_t cell = static_cast<std::ptrdiff_t>(y.cell) * cols_ + x.cell;
  const std::ptrdiff_t step_x = x.step, step_y = static_cast<std::ptrdiff_t>(y.step) * cols_;
  for (double entered = enters; entered <= leaves && (x.left | y.left) >= 0;) {
    if (!look(static_cast<std::size_t>(cell), entered)) return;
    const bool along_x = x.next <= y.next;
    entered = along_x ? x.next : y.next;
    x.next += along_x ? x.pitch : 0.0, y.next += along_x ? 0.0 : y.pitch;
    x.left -= along_x ? 1 : 0, y.left -= along_x ? 0 : 1;
    cell += along_x ? step_x : step_y;
  }
}

std::optional<EdgeBuckets::Hit> EdgeBuckets::first_hit(Point from, Point direction, double least, double range) const {
  std::optional<Hit> best;
  if (edges_.empty()) return best;
  walk(from, direction, range, [&](std::size_t cell, double entered) {
    if (best && best->distance < entered - 1e-6) return false;
    const std::uint32_t end = begin_[cell + 1];
    for (std::uint32_t first = begin_[cell]; first < end; first += k_together) {
      const Four ax = four_at(from_x_, first) - from.x, ay = four_at(from_y_, first) - from.y;
      const Four bx = four_at(to_x_, first) - from.x, by = four_at(to_y_, first) - from.y;
      const Four a_side = direction.x * ay - direction.y * ax, b_side = direction.x * by - direction.y * bx;
      const FourFlags across = (a_side >= 0.0) ^ (b_side >= 0.0);
      if ((across[0] | across[1] | across[2] | across[3]) == 0) continue;
      for (std::uint32_t k = 0; k < std::min(k_together, end - first); ++k) {
        if (across[k] == 0) continue;
        const double part = a_side[k] / (a_side[k] - b_side[k]);
        const double distance = direction.x * (ax[k] + part * (bx[k] - ax[k])) + direction.y * (ay[k] + part * (by[k] - ay[k]));
        if (distance <= least || distance > range) continue;
        const std::uint32_t i = held_[first + k];
        if (!best || distance < best->distance || (distance == best->distance && i < best->edge)) best = Hit{distance, i};
      }
    }
    return true;
  });
  return best;
}

}  // namespace reticle
