// SPDX-License-Identifier: Apache-2.0
#include "litho/assist/rule_assists.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <tuple>

#include "kernels/base/error.h"
#include "litho/opc/settings.h"

namespace reticle {

namespace {

struct Interval {
  double from, to;
};

void take_out(std::vector<Interval>& free, double from, double to) {
  std::vector<Interval> left;
  for (const Interval& i : free) {
    if (to <= i.from || from >= i.to) {
      left.push_back(i);
      continue;
    }
    if (from > i.from) left.push_back({i.from, from});
    if (to < i.to) left.push_back({to, i.to});
  }
  free = std::move(left);
}

// A horizontal edge at height `at`, the free side towards `side`; upright ones are turned into this by
// swapping x and y.
struct LevelEdge {
  double from, to, at;
  int side;
};

struct Bar {
  double from, to;    // along
  double low, high;   // across
};

// A facet of a curve: it turns a little at both ends. Bars beside the few that happen to be level would be specks.
bool is_facet(const Polygon& ring, std::size_t j, std::size_t i) {
  constexpr double k_little = 0.35;  // sine of about 20 degrees, as where edges are cut (litho/opc/fragments.cpp)
  const std::size_t n = ring.size();
  const auto turns_little = [&](std::size_t k) {
    const Point &a = ring[(k + n - 1) % n], &b = ring[k], &c = ring[(k + 1) % n];
    const double ux = b.x - a.x, uy = b.y - a.y, vx = c.x - b.x, vy = c.y - b.y;
    const double sine = (ux * vy - uy * vx) / (std::hypot(ux, uy) * std::hypot(vx, vy));
    return ux * vx + uy * vy > 0.0 && std::abs(sine) < k_little && sine != 0.0;
  };
  return turns_little(j) && turns_little(i);
}

std::vector<LevelEdge> level_edges(std::span<const Polygon> rings, bool upright) {
  std::vector<LevelEdge> edges;
  for (const Polygon& ring : rings)
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
      const Point &a = ring[j], &b = ring[i];
      if (is_facet(ring, j, i)) continue;
      // The inside is on the left: below an edge that runs left, right of one that runs down.
      if (!upright && a.y == b.y && a.x != b.x)
        edges.push_back({std::min(a.x, b.x), std::max(a.x, b.x), a.y, b.x < a.x ? 1 : -1});
      if (upright && a.x == b.x && a.y != b.y)
        edges.push_back({std::min(a.y, b.y), std::max(a.y, b.y), a.x, b.y > a.y ? 1 : -1});
    }
  return edges;
}

class BarPlacer {
 public:
  BarPlacer(const AssistSettings& settings, double grid_nm) : s_(settings), grid_(grid_nm) {}

  // Bars beside all level edges.
  std::vector<Bar> place(const std::vector<LevelEdge>& edges) const {
    std::vector<Bar> bars;
    const double reach = s_.rules.back().space_nm + 1.0;
    std::vector<LevelEdge> sorted = edges;
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    for (const LevelEdge& edge : edges) {
      std::vector<Interval> open{{edge.from, edge.to}};
      std::vector<std::pair<double, LevelEdge>> facing;
      for (const LevelEdge& other : sorted) {
        const double space = edge.side * (other.at - edge.at);
        if (space <= 0.0 || space > reach || other.side == edge.side) continue;
        if (std::min(other.to, edge.to) > std::max(other.from, edge.from)) facing.push_back({space, other});
      }
      std::sort(facing.begin(), facing.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      for (const auto& [space, other] : facing) {
        for (const Interval& part : open) {
          const Interval common{std::max(part.from, other.from), std::min(part.to, other.to)};
          if (common.to > common.from) add(edge, common, space, bars);
        }
        take_out(open, other.from, other.to);
      }
      for (const Interval& part : open) add(edge, part, std::numeric_limits<double>::infinity(), bars);
    }
    return joined(std::move(bars));
  }

  // What is left of a bar beside boxes it must keep from.
  std::vector<Bar> trimmed(const std::vector<Bar>& bars, const std::vector<Bar>& others, double gap) const {
    std::vector<Bar> out;
    for (const Bar& bar : bars) {
      std::vector<Interval> free{{bar.from, bar.to}};
      for (const Bar& other : others) {
        if (other.low >= bar.high + gap || other.high <= bar.low - gap) continue;
        if (other.from == bar.from && other.to == bar.to && other.low == bar.low && other.high == bar.high) continue;
        take_out(free, other.from - gap, other.to + gap);
      }
      for (const Interval& part : free) out.push_back({part.from, part.to, bar.low, bar.high});
    }
    return out;
  }

  void drop_short(std::vector<Bar>& bars) const {
    for (Bar& bar : bars) {
      bar.from = std::ceil(bar.from / grid_ - 1e-6) * grid_;
      bar.to = std::floor(bar.to / grid_ + 1e-6) * grid_;
    }
    std::erase_if(bars, [&](const Bar& bar) { return bar.to - bar.from < s_.minimum_length_nm - 1e-6; });
  }

 private:
  void add(const LevelEdge& edge, Interval part, double space, std::vector<Bar>& bars) const {
    const AssistRule* rule = nullptr;
    for (const AssistRule& row : s_.rules)
      if (space >= row.space_nm) rule = &row;
    if (rule == nullptr || rule->count == 0) return;
    const int rows = rule->count == 1 ? 1 : rule->count / 2;
    for (int i = 0; i < rows; ++i) {
      const double distance = rule->count == 1 ? 0.5 * (space - rule->width_nm)
                                               : rule->distance_nm + i * (rule->width_nm + rule->distance_nm);
      const double near = edge.at + edge.side * distance;
      const double low = std::min(near, near + edge.side * rule->width_nm);
      const double snapped = std::floor(low / grid_ + 0.5 + 1e-6) * grid_;
      bars.push_back({part.from, part.to, snapped, snapped + rule->width_nm});
    }
  }

  // Bars of one height that touch or overlap become one.
  static std::vector<Bar> joined(std::vector<Bar> bars) {
    std::sort(bars.begin(), bars.end(), [](const Bar& a, const Bar& b) {
      return std::tie(a.low, a.high, a.from, a.to) < std::tie(b.low, b.high, b.from, b.to);
    });
    std::vector<Bar> out;
    for (const Bar& bar : bars) {
      if (!out.empty() && out.back().low == bar.low && out.back().high == bar.high && bar.from <= out.back().to)
        out.back().to = std::max(out.back().to, bar.to);
      else
        out.push_back(bar);
    }
    return out;
  }

  const AssistSettings& s_;
  double grid_;
};

// The other direction's frame.
Bar turned(const Bar& bar) { return {bar.low, bar.high, bar.from, bar.to}; }

std::vector<Bar> turned(const std::vector<Bar>& bars) {
  std::vector<Bar> out;
  for (const Bar& bar : bars) out.push_back(turned(bar));
  return out;
}

}  // namespace

AssistSettings resolved(AssistSettings s, const OpticalModel& model, double grid_nm) {
  const double r = shortest_wave_nm(model);
  const auto whole = [&](double share) { return std::max(grid_nm, std::round(share * r / grid_nm) * grid_nm); };
  if (s.rules.empty()) s.rules = {{whole(1.6), 1, whole(0.33), 0.0}, {whole(2.4), 2, whole(0.33), whole(0.95)}};
  if (s.width_nm == 0.0) s.width_nm = whole(0.33);
  if (s.minimum_length_nm == 0.0) s.minimum_length_nm = whole(0.5);
  if (s.spacing_nm == 0.0) s.spacing_nm = whole(0.5);
  if (s.end_gap_nm == 0.0) s.end_gap_nm = whole(0.6);
  double before = 0.0;
  for (const AssistRule& rule : s.rules) {
    const double rows = rule.count == 1 ? 1.0 : std::floor(0.5 * rule.count);
    const double taken = rule.count == 1 ? rule.width_nm : rows * (rule.width_nm + rule.distance_nm);
    if (rule.space_nm <= before || (rule.count > 0 && !(rule.width_nm > 0.0)) || taken >= rule.space_nm) {
      std::ostringstream message;
      message << "assist rules: the row space_nm = " << rule.space_nm << ", count = " << rule.count
              << ", width_nm = " << rule.width_nm << ", distance_nm = " << rule.distance_nm
              << " does not follow the one before by a larger space, or its bars do not fit the space";
      throw Error(ErrorCode::bad_input, message.str());
    }
    before = rule.space_nm;
  }
  return s;
}

std::vector<Polygon> rule_assists(std::span<const Polygon> outlines, const AssistSettings& settings,
                                  double grid_nm) {
  if (settings.method != AssistMethod::rules || settings.rules.empty()) return {};
  const BarPlacer placer(settings, grid_nm);
  const std::vector<LevelEdge> level = level_edges(outlines, false), upright = level_edges(outlines, true);
  std::vector<Bar> drawn;  // every edge as a flat box, in the frame of level bars
  for (const LevelEdge& e : level) drawn.push_back({e.from, e.to, e.at, e.at});
  for (const LevelEdge& e : upright) drawn.push_back({e.at, e.at, e.from, e.to});
  for (const Polygon& ring : outlines)
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
      if (ring[i].x != ring[j].x && ring[i].y != ring[j].y)
        drawn.push_back({std::min(ring[i].x, ring[j].x), std::max(ring[i].x, ring[j].x),
                         std::min(ring[i].y, ring[j].y), std::max(ring[i].y, ring[j].y)});

  const auto own = [&](const std::vector<LevelEdge>& edges, const std::vector<Bar>& shapes) {
    std::vector<Bar> bars = placer.trimmed(placer.place(edges), shapes, settings.end_gap_nm);
    // Parallel bars that are too near to each other both give way, whichever came first.
    return placer.trimmed(bars, bars, settings.spacing_nm);
  };
  std::vector<Bar> across = own(level, drawn);
  placer.drop_short(across);
  std::vector<Bar> up = placer.trimmed(own(upright, turned(drawn)), turned(across), settings.spacing_nm);
  placer.drop_short(up);
  for (const Bar& bar : turned(up)) across.push_back(bar);
  std::vector<Polygon> out;
  for (const Bar& b : across)
    out.push_back({{b.from, b.low}, {b.to, b.low}, {b.to, b.high}, {b.from, b.high}});
  std::sort(out.begin(), out.end(), [](const Polygon& a, const Polygon& b) {
    return std::tie(a[0].y, a[0].x, a[2].y, a[2].x) < std::tie(b[0].y, b[0].x, b[2].y, b[2].x);
  });
  return out;
}

}  // namespace reticle
