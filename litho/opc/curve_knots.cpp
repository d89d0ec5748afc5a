// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/curve_knots.h"

#include <algorithm>
#include <cmath>

namespace reticle {

namespace {

constexpr int k_least_closed = 4;  // knots that tell a closed curve's sides apart

// Where a -> b crosses shift + whole multiples of the pitch, as parts of it in rising order; b itself is the next one's.
void add_crossings(double a, double b, double pitch, std::vector<double>& parts) {
  const double low = std::min(a, b) / pitch - k_anchor_shift, high = std::max(a, b) / pitch - k_anchor_shift;
  for (double k = std::ceil(low); k <= high; ++k) {
    const double part = ((k + k_anchor_shift) * pitch - a) / (b - a);
    if (part < 1.0) parts.push_back(std::max(0.0, part));
  }
  std::sort(parts.begin(), parts.end());
}

}  // namespace

CurveKnots::CurveKnots(std::span<const Point> points, bool closed, double spacing_nm, const FragmentAnchor* anchor)
    : places_{0.0}, closed_(closed) {
  for (std::size_t i = 1; i < points.size(); ++i)
    places_.push_back(places_.back() + std::hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y));
  if (anchor != nullptr) at_ = crossings(points, *anchor);
  if (at_.size() >= static_cast<std::size_t>(closed ? k_least_closed : 2)) return;
  const int intervals = std::max(closed ? k_least_closed : 1, static_cast<int>(std::lround(length() / spacing_nm)));
  at_.clear();
  for (int k = 0; k < intervals + (closed ? 0 : 1); ++k) at_.push_back(length() * k / intervals);
}

// A facet crosses the lines that it is steeper to. Where one kind gives way to the other, knots nearer than half of a
// pitch to one of the first kind are left out, and long gaps are filled: rules of the neighbourhood only.
std::vector<double> CurveKnots::crossings(std::span<const Point> points, const FragmentAnchor& anchor) const {
  const double pitch = std::min(anchor.pitch_x_nm, anchor.pitch_y_nm);
  std::vector<double> upright, level;  // along the curve
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const Point &a = points[i], &b = points[i + 1];
    const bool along_x = std::abs(b.x - a.x) > std::abs(b.y - a.y);
    std::vector<double> parts;
    if (along_x) add_crossings(a.x, b.x, anchor.pitch_x_nm, parts);
    else if (a.y != b.y) add_crossings(a.y, b.y, anchor.pitch_y_nm, parts);
    for (const double part : parts)
      (along_x ? upright : level).push_back(places_[i] + part * (places_[i + 1] - places_[i]));
  }
  const auto apart = [&](double s, double t) {
    const double direct = std::abs(s - t);
    return closed_ ? std::min(direct, length() - direct) : direct;
  };
  const auto near_upright = [&](double s) {
    const auto next = std::lower_bound(upright.begin(), upright.end(), s);
    for (const double t : {next == upright.end() ? upright.front() : *next, next == upright.begin() ? upright.back() : *(next - 1)})
      if (apart(s, t) < 0.5 * pitch) return true;
    return false;
  };
  if (!upright.empty()) std::erase_if(level, near_upright);
  std::vector<double> knots;
  std::merge(upright.begin(), upright.end(), level.begin(), level.end(), std::back_inserter(knots));
  // Lines crossed to and fro.
  const std::vector<double> crossed = knots;
  std::size_t k = 0;
  std::erase_if(knots, [&](double s) {
    const std::size_t own = k++;
    if (own == 0 && !closed_) return false;
    return apart(s, own > 0 ? crossed[own - 1] : crossed.back()) < 0.25 * pitch && crossed.size() > 1;
  });
  if (knots.empty()) return knots;
  if (!closed_) {
    std::erase_if(knots, [&](double s) { return std::min(s, length() - s) < 0.5 * pitch; });
    knots.insert(knots.begin(), 0.0);
    knots.push_back(length());
  }
  std::vector<double> all;
  for (std::size_t j = 0; j < knots.size(); ++j) {
    all.push_back(knots[j]);
    if (j + 1 == knots.size() && !closed_) break;
    const double wide = j + 1 < knots.size() ? knots[j + 1] - knots[j] : length() - knots[j] + knots.front();
    const int pieces = static_cast<int>(std::lround(wide / (1.5 * pitch)));
    for (int i = 1; i < pieces; ++i) all.push_back(std::fmod(knots[j] + wide * i / pieces, length()));
  }
  std::sort(all.begin(), all.end());
  return all;
}

double CurveKnots::gap(int knot) const {
  const int last = count() - 1;
  const int k = closed_ ? (knot + 2 * count()) % count() : std::clamp(knot, 0, last - 1);
  return k == last ? length() - at_.back() + at_.front() : at(k + 1) - at(k);
}

double CurveKnots::before(int knot) const { return knot == 0 && !closed_ ? 0.0 : at(knot) - 0.5 * gap(knot - 1); }

double CurveKnots::after(int knot) const {
  return knot + 1 == count() && !closed_ ? length() : at(knot) + 0.5 * gap(knot);
}

int CurveKnots::nearest(double s) const {
  const int next = static_cast<int>(std::lower_bound(at_.begin(), at_.end(), s) - at_.begin()), last = count() - 1;
  if (next > 0 && s <= after(next - 1)) return next - 1;
  if (next == 0 && closed_) return s < before(0) ? last : 0;
  return next <= last ? next : closed_ ? 0 : last;
}

std::size_t CurveKnots::facet_end(double s) const {
  const auto end = std::upper_bound(places_.begin() + 1, places_.end() - 1, s);
  return static_cast<std::size_t>(end - places_.begin());
}

std::array<CurveKnots::Weight, 4> CurveKnots::weights(double s) const {
  const int knots = count();
  const auto next = std::upper_bound(at_.begin(), at_.end(), s);
  int k = static_cast<int>(next - at_.begin()) - 1;  // -1: between a closed curve's last and first
  if (!closed_) k = std::clamp(k, 0, knots - 2);
  const double h = gap(k), from = k < 0 ? at_.back() - length() : at(k), t = (s - from) / h;
  // d = a[0] d(k-1) + .. + a[3] d(k+2)
  std::array<double, 4> a{0.0, 1.0 - t * t * (3.0 - 2.0 * t), t * t * (3.0 - 2.0 * t), 0.0};
  // Adds `of` times the slope, in h, at knot k + i: of the two differences beside it, each by the other's width.
  const auto add_slope = [&](int i, double of) {
    const std::size_t own = static_cast<std::size_t>(1 + i);
    const bool starts = !closed_ && k + i == 0, ends = !closed_ && k + i == knots - 1;
    const double left = gap(k + i - 1), right = gap(k + i);
    const double of_left = starts ? 0.0 : ends ? 1.0 : right / (left + right);
    const double down = of * of_left * h / left, up = of * (1.0 - of_left) * h / right;
    if (!starts) a[own - 1] -= down, a[own] += down;
    if (!ends) a[own] -= up, a[own + 1] += up;
  };
  add_slope(0, t * (1.0 - t) * (1.0 - t));
  add_slope(1, -t * t * (1.0 - t));
  std::array<Weight, 4> out;
  for (int i = 0; i < 4; ++i) {
    int knot = k - 1 + i;
    knot = closed_ ? (knot + 2 * knots) % knots : std::clamp(knot, 0, knots - 1);
    out[static_cast<std::size_t>(i)] = {knot, a[static_cast<std::size_t>(i)]};
  }
  return out;
}

}  // namespace reticle
