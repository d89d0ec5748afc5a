// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/placement.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace reticle::layout {

namespace {

// Multiples of a right angle stay exact.
std::pair<double, double> cos_sin(double angle_deg) {
  const double quarters = angle_deg / 90.0;
  if (quarters == std::round(quarters)) {
    const int turn = static_cast<int>(std::remainder(std::round(quarters), 4.0) + 4.0) % 4;
    const double table[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    return {table[turn][0], table[turn][1]};
  }
  const double t = angle_deg * std::numbers::pi / 180.0;
  return {std::cos(t), std::sin(t)};
}

}  // namespace

Box united(const Box& a, const Box& b) {
  if (is_empty(a)) return b;
  if (is_empty(b)) return a;
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}
bool touch(const Box& a, const Box& b) {
  return a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1;
}

Affine Affine::after(const Affine& inner) const {
  const Point origin = (*this)(inner.x0, inner.y0);
  return {xx * inner.xx + xy * inner.yx,
          xx * inner.xy + xy * inner.yy,
          yx * inner.xx + yy * inner.yx,
          yx * inner.xy + yy * inner.yy,
          origin.x,
          origin.y};
}

Affine Affine::inverse() const {
  const double det = xx * yy - xy * yx;
  Affine r{yy / det, -xy / det, -yx / det, xx / det, 0, 0};
  r.x0 = -(r.xx * x0 + r.xy * y0);
  r.y0 = -(r.yx * x0 + r.yy * y0);
  return r;
}

Box Affine::box(const Box& b) const {
  if (is_empty(b)) return b;
  Box out = k_nothing;
  for (const Point p : {(*this)(b.x0, b.y0), (*this)(b.x1, b.y0), (*this)(b.x0, b.y1), (*this)(b.x1, b.y1)})
    out = united(out, {p.x, p.y, p.x, p.y});
  return out;
}

Affine placement(const Placement& r) {
  const auto [c, s] = cos_sin(r.angle_deg);
  const double m = r.magnification, flip = r.mirror ? -1.0 : 1.0;
  return {m * c, -m * s * flip, m * s, m * c * flip, r.x, r.y};
}

Box array_box(const Placement& r, const Box& cell) {
  const Box first = placement(r).box(cell);
  if (is_empty(first)) return first;
  Box all = first;
  for (const int i : {0, r.columns - 1})
    for (const int j : {0, r.rows - 1}) {
      const double dx = i * r.column_x + j * r.row_x, dy = i * r.column_y + j * r.row_y;
      all = united(all, {first.x0 + dx, first.y0 + dy, first.x1 + dx, first.y1 + dy});
    }
  return all;
}

}  // namespace reticle::layout
