// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/finding_groups.h"
#include "litho/geometry/box.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace reticle {

namespace {

constexpr double k_unit_nm = 0.01;  // outlines are compared to

bool is_joining(Check check) { return check <= Check::filled; }

bool are_one(const Finding& a, const Finding& b, double radius_nm) {
  if (a.check != b.check) return false;
  if (is_joining(a.check))
    return a.box.x0 <= b.box.x1 && b.box.x0 <= a.box.x1 && a.box.y0 <= b.box.y1 && b.box.y0 <= a.box.y1;
  return std::hypot(a.place.x - b.place.x, a.place.y - b.place.y) <= radius_nm;
}

// The part of a line within a box.
std::optional<std::pair<Point, Point>> clipped(Point a, Point b, const Box& box) {
  double t0 = 0.0, t1 = 1.0;
  const auto cut = [&](double from, double way, double low, double high) {
    if (way == 0.0) return from >= low && from <= high;
    const double u = (low - from) / way, v = (high - from) / way;
    t0 = std::max(t0, std::min(u, v)), t1 = std::min(t1, std::max(u, v));
    return t0 < t1;
  };
  const double dx = b.x - a.x, dy = b.y - a.y;
  if (!cut(a.x, dx, box.x0, box.x1) || !cut(a.y, dy, box.y0, box.y1)) return std::nullopt;
  return std::pair{Point{a.x + t0 * dx, a.y + t0 * dy}, Point{a.x + t1 * dx, a.y + t1 * dy}};
}

}  // namespace

bool ranks_before(const Finding& a, const Finding& b) {
  const auto key = [](const Finding& f) {
    return std::tuple(-f.severity, f.place.y, f.place.x, f.check, f.corner, f.value, f.limit, f.box.x0, f.box.y0, f.box.x1,
                      f.box.y1, f.pattern);
  };
  return key(a) < key(b);
}

std::vector<Finding> merged(std::vector<Finding> findings, double radius_nm) {
  FindingMerger merger(radius_nm);
  for (const Finding& finding : findings) merger.add(finding);
  findings.clear();
  merger.settle([](const Box&) { return true; }, [&](const Finding& finding) { findings.push_back(finding); });
  return findings;
}

// A finding is dropped where one of higher rank is kept that is one with it: whoever is asked was asked before.
void FindingMerger::settle(const std::function<bool(const Box&)>& complete, const std::function<void(const Finding&)>& kept) {
  std::sort(open_.begin(), open_.end(), [](const Entry& a, const Entry& b) { return ranks_before(a.finding, b.finding); });
  // By cells, so that many are settled in a time in proportion to them.
  const double cell = std::max(4.0 * radius_nm_, 1.0);
  const auto each_cell = [&](const Finding& finding, const Box& box, const auto& visit) {
    const auto at = [&](double nm) { return static_cast<std::int64_t>(std::floor(nm / cell)); };
    for (std::int64_t y = at(box.y0); y <= at(box.y1); ++y)
      for (std::int64_t x = at(box.x0); x <= at(box.x1); ++x) visit(std::tuple(finding.check, y, x));
  };
  const auto own = [](const Finding& f) { return is_joining(f.check) ? f.box : around(f.place, 0.0); };
  const auto reach = [&](const Finding& f) { return is_joining(f.check) ? f.box : around(f.place, radius_nm_); };
  std::map<std::tuple<Check, std::int64_t, std::int64_t>, std::vector<std::size_t>> cells;  // of what is not dropped
  for (std::size_t i = 0; i < open_.size(); ++i) {
    Entry& entry = open_[i];
    entry.is_asked_for = false;
    if (entry.state == State::undecided) {
      bool waits = false;
      each_cell(entry.finding, reach(entry.finding), [&](const auto& key) {
        const auto found = cells.find(key);
        if (found == cells.end() || entry.state == State::dropped) return;
        for (const std::size_t k : found->second) {
          if (!are_one(open_[k].finding, entry.finding, radius_nm_)) continue;
          if (open_[k].state == State::kept) entry.state = State::dropped;
          else waits = true;
        }
      });
      if (entry.state == State::dropped) continue;
      if (!waits && complete(reach(entry.finding))) {
        entry.state = State::kept;
        kept(entry.finding);
      }
    }
    each_cell(entry.finding, own(entry.finding), [&](const auto& key) { cells[key].push_back(i); });
  }
  for (const Entry& entry : open_) {
    if (entry.state != State::undecided) continue;
    each_cell(entry.finding, reach(entry.finding), [&](const auto& key) {
      if (const auto found = cells.find(key); found != cells.end())
        for (const std::size_t k : found->second)
          if (are_one(open_[k].finding, entry.finding, radius_nm_)) open_[k].is_asked_for = true;
    });
  }
  std::erase_if(open_, [&](const Entry& entry) {
    return entry.state == State::dropped ||
           (entry.state == State::kept && !entry.is_asked_for && complete(reach(entry.finding)));
  });
}

namespace {

// The lowest, then leftmost corner within a distance.
std::optional<Point> corner_near(std::span<const Polygon> target, Point place, double distance) {
  std::optional<Point> found;
  for (const Polygon& ring : target)
    for (const Point& p : ring)
      if (std::hypot(p.x - place.x, p.y - place.y) < distance && (!found || std::tie(p.y, p.x) < std::tie(found->y, found->x)))
        found = p;
  return found;
}

using Line = std::pair<Point, Point>;

std::vector<Line> lines_in(std::span<const Polygon> target, const Box& box) {
  std::vector<Line> lines;
  for (const Polygon& ring : target)
    for (std::size_t i = 0; i < ring.size(); ++i)
      if (const auto line = clipped(ring[i], ring[(i + 1) % ring.size()], box)) lines.push_back(*line);
  return lines;
}

// Where edges run through the whole box, the lowest level and the leftmost upright one tell the place.
Point on_edges(const std::vector<Line>& lines, Point place) {
  std::optional<double> x, y;
  for (const auto& [a, b] : lines) {
    if (a.x == b.x) x = x ? std::min(*x, a.x) : a.x;
    if (a.y == b.y) y = y ? std::min(*y, a.y) : a.y;
  }
  return {x.value_or(place.x), y.value_or(place.y)};
}

}  // namespace

// Distances that no grid divides: corners are within them or not, whatever the place's last digits.
std::uint64_t pattern_of(std::span<const Polygon> target, Point place, double radius_nm) {
  std::optional<Point> anchor = corner_near(target, place, 0.5236067977 * radius_nm);
  double half = 0.9 * radius_nm;
  if (!anchor) {
    anchor = corner_near(target, place, 0.9236067977 * radius_nm);
    if (anchor) half = 0.5 * radius_nm;
  }
  if (!anchor) {
    half = 0.6 * radius_nm;
    anchor = on_edges(lines_in(target, around(place, half)), place);
  }
  const auto whole = [](double nm) { return std::llround(nm / k_unit_nm); };
  std::vector<std::array<std::int64_t, 4>> numbers;
  for (const auto& [a, b] : lines_in(target, around(*anchor, half)))
    numbers.push_back({whole(a.x - anchor->x), whole(a.y - anchor->y), whole(b.x - anchor->x), whole(b.y - anchor->y)});
  std::sort(numbers.begin(), numbers.end());
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
  for (const auto& line : numbers)
    for (const std::int64_t number : line)
      for (int i = 0; i < 8; ++i) hash = (hash ^ (static_cast<std::uint64_t>(number) >> (8 * i) & 0xff)) * 0x100000001b3u;
  return hash;
}

}  // namespace reticle
