// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/facing.h"

#include <algorithm>
#include <cmath>

namespace reticle {

FragmentBins::FragmentBins(std::span<const Fragment> fragments, double side_nm) : side_(std::max(side_nm, 1.0)) {
  const auto bin = [&](double nm) { return static_cast<int>(std::floor(nm / side_)); };
  for (std::size_t i = 0; i < fragments.size(); ++i) {
    const Fragment& f = fragments[i];
    for (int y = bin(std::min(f.a.y, f.b.y)); y <= bin(std::max(f.a.y, f.b.y)); ++y)
      for (int x = bin(std::min(f.a.x, f.b.x)); x <= bin(std::max(f.a.x, f.b.x)); ++x)
        bins_[{y, x}].push_back(static_cast<int>(i));
  }
}

std::vector<int> FragmentBins::near(const Box& box) const {
  const auto bin = [&](double nm) { return static_cast<int>(std::floor(nm / side_)); };
  std::vector<int> found;
  for (int y = bin(box.y0); y <= bin(box.y1); ++y)
    for (auto at = bins_.lower_bound({y, bin(box.x0)}); at != bins_.end() && at->first <= std::pair(y, bin(box.x1)); ++at)
      found.insert(found.end(), at->second.begin(), at->second.end());
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

MovedEnds::MovedEnds(std::span<const Fragment> fragments) : ends_(2 * fragments.size()) {
  constexpr double k_straight = 0.9;  // cosine: edges that turn less have no corner of their own to move
  for (std::size_t first = 0, last; first < fragments.size(); first = last) {
    for (last = first + 1; last < fragments.size() && fragments[last].ring == fragments[first].ring;) ++last;
    const auto end = [&](std::size_t i, std::size_t k, Point base, Point other) {
      const Point n = fragments[i].normal, m = fragments[k].normal;
      const double c = n.x * m.x + n.y * m.y, s = 1.0 - c * c;
      MovableCorner corner{.base = base, .parts = {}};
      if (std::abs(c) > k_straight || std::hypot(base.x - other.x, base.y - other.y) > 1e-6) {
        corner.add(static_cast<int>(i), n);
      } else {
        corner.add(static_cast<int>(i), {(n.x - c * m.x) / s, (n.y - c * m.y) / s});
        corner.add(static_cast<int>(k), {(m.x - c * n.x) / s, (m.y - c * n.y) / s});
      }
      return corner;
    };
    for (std::size_t i = first; i < last; ++i) {
      const std::size_t before = i > first ? i - 1 : last - 1, after = i + 1 < last ? i + 1 : first;
      ends_[2 * i] = end(i, before, fragments[i].a, fragments[before].b);
      ends_[2 * i + 1] = end(i, after, fragments[i].b, fragments[after].a);
    }
  }
}

namespace {

// Where the ray from p along u meets the segment a -> b: its distance, or a negative one.
double hit(Point p, Point u, const Fragment& f) {
  const Point e{f.b.x - f.a.x, f.b.y - f.a.y}, w{f.a.x - p.x, f.a.y - p.y};
  const double det = u.x * e.y - u.y * e.x;
  if (std::abs(det) < 1e-12) return -1.0;
  const double t = (w.x * e.y - w.y * e.x) / det, s = (w.x * u.y - w.y * u.x) / det;
  constexpr double k_slack = 1e-9;
  return s >= -k_slack && s <= 1.0 + k_slack ? t : -1.0;
}

// A curve's pieces stand here as chords, which pass its own sites by their sagitta.
bool bends_by(const FragmentedDesign& design, int site, int other) {
  const Fragment &f = design.fragments[static_cast<std::size_t>(site)], &g = design.fragments[static_cast<std::size_t>(other)];
  if (f.kind != FragmentKind::curve || g.kind != FragmentKind::curve || f.ring != g.ring) return false;
  const auto meet = [](Point p, Point q) { return std::hypot(p.x - q.x, p.y - q.y) < 1e-6; };
  return site == other || meet(f.b, g.a) || meet(f.a, g.b);
}

}  // namespace

std::vector<SiteRoom> site_rooms(const FragmentedDesign& design, double reach_nm) {
  const FragmentBins bins(design.fragments, reach_nm);
  std::vector<SiteRoom> rooms;
  for (const ControlSite& site : design.sites) {
    const auto room = [&](double sign) {
      const Point u{sign * site.normal.x, sign * site.normal.y}, p = site.position;
      const Point q{p.x + reach_nm * u.x, p.y + reach_nm * u.y};
      double least = reach_nm;
      for (const int k : bins.near({std::min(p.x, q.x), std::min(p.y, q.y), std::max(p.x, q.x), std::max(p.y, q.y)})) {
        if (bends_by(design, site.fragment, k)) continue;
        const double t = hit(p, u, design.fragments[static_cast<std::size_t>(k)]);
        if (t > 1e-6) least = std::min(least, t);
      }
      return least;
    };
    rooms.push_back({room(1.0), room(-1.0)});
  }
  return rooms;
}

}  // namespace reticle
