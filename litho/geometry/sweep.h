// SPDX-License-Identifier: Apache-2.0
// A line that sweeps noded edges from left to right; it leans by an infinitesimal angle, so that upright
// edges begin at their lower end. Private to litho/geometry.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory_resource>
#include <numeric>
#include <set>
#include <span>
#include <vector>

#include "litho/geometry/grid_edges.h"

namespace reticle::planar {

struct Span {
  GridPoint a, b;  // a < b
};

class Sweep {
  // Upwards along the line; neither crosses the other.
  struct Below {
    using is_transparent = void;
    std::span<const Span> spans;
    bool operator()(std::uint32_t lower, std::uint32_t upper) const {
      const Span &l = spans[lower], &u = spans[upper];
      if (l.a == u.a) return cross(l.a, l.b, u.b) > 0;
      if (l.a < u.a) {
        const Wide side = cross(l.a, l.b, u.a);
        return side != 0 ? side > 0 : cross(l.a, l.b, u.b) > 0;
      }
      const Wide side = cross(u.a, u.b, l.a);
      return side != 0 ? side < 0 : cross(u.a, u.b, l.b) < 0;
    }
    bool operator()(std::uint32_t lower, const GridPoint& p) const {
      return cross(spans[lower].a, spans[lower].b, p) > 0;
    }
    bool operator()(const GridPoint& p, std::uint32_t upper) const {
      return cross(spans[upper].a, spans[upper].b, p) < 0;
    }
  };
  using Status = std::pmr::multiset<std::uint32_t, Below>;

 public:
  static constexpr std::uint32_t k_none = UINT32_MAX;

  explicit Sweep(std::span<const Span> spans)
      : spans_(spans), status_(Below{spans}, &pool_), places_(spans.size(), status_.end()) {}

  // At every point, from left to right: visit(point, below, starting), `below` the span right under the
  // point, or none, and `starting` those that begin there, upwards.
  template <class Visit>
  void run(const Visit& visit) {
    std::vector<std::uint32_t> by_start(spans_.size());
    std::iota(by_start.begin(), by_start.end(), 0u);
    std::vector<std::uint32_t> by_end = by_start;
    std::sort(by_start.begin(), by_start.end(), [&](auto i, auto j) { return spans_[i].a < spans_[j].a; });
    std::sort(by_end.begin(), by_end.end(), [&](auto i, auto j) { return spans_[i].b < spans_[j].b; });
    std::vector<std::uint32_t> starting;
    std::size_t start = 0, end = 0;
    while (end < by_end.size()) {
      GridPoint p = spans_[by_end[end]].b;
      if (start < by_start.size()) p = std::min(p, spans_[by_start[start]].a);
      for (; end < by_end.size() && spans_[by_end[end]].b == p; ++end) status_.erase(places_[by_end[end]]);
      starting.clear();
      for (; start < by_start.size() && spans_[by_start[start]].a == p; ++start)
        starting.push_back(by_start[start]);
      std::sort(starting.begin(), starting.end(), Below{spans_});
      const auto above = status_.lower_bound(p);
      const std::uint32_t below = above == status_.begin() ? k_none : *std::prev(above);
      for (const std::uint32_t span : starting) places_[span] = status_.insert(above, span);
      visit(p, below, starting);
    }
  }

 private:
  std::span<const Span> spans_;
  std::pmr::unsynchronized_pool_resource pool_;
  Status status_;
  std::vector<Status::iterator> places_;
};

}  // namespace reticle::planar
