// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/limits.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace reticle {

namespace {

constexpr int k_most_sweeps = 40;
constexpr double k_straight = 0.9999;  // cosine of the turn within one edge
constexpr double k_step_slack = 1e-6;  // of a step, less than which moves differ by a whole one

double dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }

}  // namespace

MoveLimits::MoveLimits(const FragmentedDesign& design, const OpcSettings& settings)
    : most_(settings.max_move_nm),
      ends_(design.fragments),
      goes_on_(design.fragments.size()),
      step_(design.fragments.size(), settings.mask_grid_nm),
      low_(design.fragments.size(), -settings.max_move_nm),
      high_(design.fragments.size(), settings.max_move_nm) {
  for (std::size_t i = 0; i < design.fragments.size(); ++i) {
    normals_.push_back(design.fragments[i].normal);
    if (!design.fragments[i].movable) low_[i] = high_[i] = 0.0;
    if (design.fragments[i].kind == FragmentKind::curve) step_[i] = 0.0;
    length_.push_back(design.fragments[i].length());
  }
  for (std::size_t i = 0; i + 1 < design.fragments.size(); ++i) {
    const Fragment &f = design.fragments[i], &g = design.fragments[i + 1];
    goes_on_[i] = f.ring == g.ring && step_[i] > 0.0 && step_[i + 1] > 0.0 && f.movable && g.movable &&
                  std::hypot(f.b.x - g.a.x, f.b.y - g.a.y) < 1e-6 && dot(f.normal, g.normal) > k_straight;
  }
  const double grid = settings.mask_grid_nm;
  find_pairs(design, std::max(settings.minimum_space_nm, grid), -1.0);
  find_pairs(design, std::max(settings.minimum_width_nm, grid), 1.0);
  // A corner's piece keeps the shortest length when the edge around the corner moves in (convex) or
  // out (concave).
  const double shortest = std::max({settings.minimum_width_nm, settings.minimum_space_nm, grid});
  const std::size_t n = design.fragments.size();
  for (std::size_t i = 0; i < n; ++i)
    for (const std::size_t k : {(i + 1) % n, (i + n - 1) % n}) {
      const Fragment &f = design.fragments[i], &g = design.fragments[k];
      if (f.ring != g.ring || std::abs(dot(f.normal, g.normal)) > 0.5) continue;
      if (f.kind != FragmentKind::convex_corner && f.kind != FragmentKind::concave_corner) continue;
      const double room = std::max(0.0, f.length() - shortest);
      if (f.kind == FragmentKind::convex_corner)
        low_[k] = std::max(low_[k], -room);
      else
        high_[k] = std::min(high_[k], room);
    }
}

void MoveLimits::find_pairs(const FragmentedDesign& design, double rule_nm, double sign) {
  const double reach = rule_nm + 2.0 * most_;
  const FragmentBins bins(design.fragments, reach);
  for (std::size_t i = 0; i < design.fragments.size(); ++i) {
    const Fragment& f = design.fragments[i];
    const Point out{-sign * f.normal.x, -sign * f.normal.y};  // towards the other
    const Point along{-f.normal.y, f.normal.x};
    const Box around{std::min(f.a.x, f.b.x) - reach, std::min(f.a.y, f.b.y) - reach,
                     std::max(f.a.x, f.b.x) + reach, std::max(f.a.y, f.b.y) + reach};
    for (const int k : bins.near(around)) {
      if (k <= static_cast<int>(i)) continue;
      const Fragment& g = design.fragments[static_cast<std::size_t>(k)];
      if (dot(f.normal, g.normal) > -0.5 || (!f.movable && !g.movable)) continue;
      const auto at = [&](Point p, Point axis) { return dot({p.x - f.a.x, p.y - f.a.y}, axis); };
      const double distance = std::min(at(g.a, out), at(g.b, out));
      if (distance < 1e-6 || distance > reach) continue;
      const double f0 = std::min(0.0, at(f.b, along)), f1 = std::max(0.0, at(f.b, along));
      const double g0 = std::min(at(g.a, along), at(g.b, along)), g1 = std::max(at(g.a, along), at(g.b, along));
      // Corners count as facing when they are nearer than the rule to either side.
      const double apart = std::max(f0 - g1, g0 - f1);
      const bool beside = apart > rule_nm - 1e-6;
      const double nearer = most_ * (ends_.changes_length(i) + ends_.changes_length(static_cast<std::size_t>(k)));
      if (beside && apart - nearer > rule_nm - 1e-6) continue;
      const double direct = apart > 0.0 ? std::hypot(apart, distance) : distance;
      if (!beside && apart > 0.0 && direct > reach) continue;
      (beside ? beside_ : pairs_).push_back({static_cast<int>(i), k, distance, sign, std::min(rule_nm, distance)});
    }
  }
}

double MoveLimits::least_beside(const Pair& pair, double distance, std::span<const double> d) const {
  const std::size_t a = static_cast<std::size_t>(pair.a), b = static_cast<std::size_t>(pair.b);
  const Point along{-normals_[a].y, normals_[a].x};
  // From a to b an edge runs along, its facing one the other way.
  const auto gap = [&](const MovableCorner& low, const MovableCorner& high) { return dot(low.at(d), along) - dot(high.at(d), along); };
  const double after = gap(ends_.a(a), ends_.a(b)), before = gap(ends_.b(b), ends_.b(a)), apart = std::max(after, before);
  if (apart <= 0.0) return pair.least;
  // Where corners have passed each other, the edges around them face and keep apart.
  const bool corners = after > before ? ends_.a(a).count > 1 && ends_.a(b).count > 1 : ends_.b(a).count > 1 && ends_.b(b).count > 1;
  if (apart >= pair.least || (distance <= 0.0 && corners)) return -std::numeric_limits<double>::infinity();
  return std::sqrt(pair.least * pair.least - apart * apart);
}

void MoveLimits::apply(std::vector<double>& d, bool on_grid) const {
  std::vector<double> up(d.size()), down(d.size()), late_up, late_down;
  for (int sweep = 0; sweep < k_most_sweeps; ++sweep) {
    for (std::size_t i = 0; i < d.size(); ++i) {
      if (const double step = on_grid ? step_[i] : 0.0; step > 0.0) {
        const double low = std::ceil(low_[i] / step - 1e-6) * step, high = std::floor(high_[i] / step + 1e-6) * step;
        d[i] = std::clamp(d[i], std::min(low, high), std::max(low, high));
      } else {
        d[i] = std::clamp(d[i], low_[i], std::max(low_[i], high_[i]));
      }
    }
    std::fill(up.begin(), up.end(), 0.0);
    std::fill(down.begin(), down.end(), 0.0);
    bool all_hold = true;
    const auto hold_pair = [&](const Pair& pair, bool beside, std::vector<double>& more, std::vector<double>& less) {
      const std::size_t a = static_cast<std::size_t>(pair.a), b = static_cast<std::size_t>(pair.b);
      const double distance = pair.distance + pair.sign * (d[a] + d[b]);
      if (distance >= pair.least - 1e-9) return;
      const double missing = (beside ? least_beside(pair, distance, d) : pair.least) - distance;
      if (missing <= 1e-9) return;
      all_hold = false;
      const bool a_free = low_[a] < high_[a], b_free = low_[b] < high_[b];
      const double share = a_free && b_free ? 0.5 * missing : missing;
      const auto whole = [&](double step) { return on_grid && step > 0.0 ? std::ceil(share / step - 1e-6) * step : share; };
      std::vector<double>& moves = pair.sign > 0.0 ? more : less;
      if (a_free) moves[a] = std::max(moves[a], whole(step_[a]));
      if (b_free) moves[b] = std::max(moves[b], whole(step_[b]));
    };
    for (const Pair& pair : pairs_) hold_pair(pair, false, up, down);
    // Whether those beside each other face is asked where the edges around them have come to rest.
    late_up = up, late_down = down;
    const auto rests = [&](int fragment) {
      const std::size_t i = static_cast<std::size_t>(fragment);
      for (const MovableCorner* end : {&ends_.a(i), &ends_.b(i)})
        for (int k = 0; k < end->count; ++k) {
          const std::size_t of = static_cast<std::size_t>(end->parts[static_cast<std::size_t>(k)].index);
          if (up[of] != 0.0 || down[of] != 0.0) return false;
        }
      return true;
    };
    for (const Pair& pair : beside_)
      if (rests(pair.a) && rests(pair.b)) hold_pair(pair, true, late_up, late_down);
    if (all_hold) return;
    for (std::size_t i = 0; i < d.size(); ++i) d[i] += late_up[i] - late_down[i];
  }
}

void MoveLimits::hold(std::vector<double>& displacements) const { apply(displacements, false); }

// Runs of neighbours on one edge that all lie within a step take their mean, so that each comes to lie within a step of its own.
void MoveLimits::join_neighbours(std::vector<double>& d) const {
  for (std::size_t first = 0, last; first < d.size(); first = last) {
    const double apart = (1.0 - k_step_slack) * step_[first];
    double low = d[first], high = d[first], sum = length_[first] * d[first], length = length_[first];
    for (last = first + 1; last < d.size() && goes_on_[last - 1] && std::abs(d[last] - d[last - 1]) < apart; ++last) {
      low = std::min(low, d[last]), high = std::max(high, d[last]);
      sum += length_[last] * d[last], length += length_[last];
    }
    if (last - first > 1 && high - low < apart)
      for (std::size_t i = first; i < last; ++i) d[i] = sum / length;
  }
}

void MoveLimits::hold_joined(std::vector<double>& displacements) const {
  join_neighbours(displacements);
  hold_on_grid(displacements);
}

void MoveLimits::hold_on_grid(std::vector<double>& displacements) const {
  for (std::size_t i = 0; i < displacements.size(); ++i)
    if (step_[i] > 0.0) displacements[i] = std::floor(displacements[i] / step_[i] + 0.5 + 1e-6) * step_[i];
  apply(displacements, true);
}

}  // namespace reticle
