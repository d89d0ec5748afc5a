// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/path_outline.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/base/error.h"

namespace reticle::layout {

namespace {

constexpr double k_chord_tolerance_dbu = 0.5;
constexpr double k_fewest_chords = 32.0, k_most_chords = 1 << 16;
constexpr double k_straight = 1e-12;  // sine of a turn that is none

struct Vec {
  double x, y;
};
Vec operator+(Vec a, Vec b) { return {a.x + b.x, a.y + b.y}; }
Vec operator*(double s, Vec v) { return {s * v.x, s * v.y}; }

struct Segment {
  Vec along;  // unit
  double length;
};

Segment segment(DbPoint a, DbPoint b) {
  const double dx = static_cast<double>(b.x) - a.x, dy = static_cast<double>(b.y) - a.y;
  const double length = std::hypot(dx, dy);
  return {{dx / length, dy / length}, length};
}

Vec left_of(Vec along) { return {-along.y, along.x}; }

class Outline {
 public:
  std::vector<DbPoint> points;

  void add(DbPoint at, Vec step) {
    const auto moved = [](std::int32_t from, double by) {
      // Halves that binary fractions do not quite reach are halves.
      const double place = from + std::round(by + std::copysign(1e-6, by));
      if (!(place >= INT32_MIN && place <= INT32_MAX))
        throw Error(ErrorCode::bad_input, "the outline of a path reaches beyond 32-bit coordinates");
      return static_cast<std::int32_t>(place);
    };
    points.push_back({moved(at.x, step.x), moved(at.y, step.y)});
  }
};

// The left side of a path that comes along u and leaves along v.
void add_corner(Outline& outline, DbPoint at, const Segment& u, const Segment& v, double half) {
  const double cross = u.along.x * v.along.y - u.along.y * v.along.x;
  const double dot = u.along.x * v.along.x + u.along.y * v.along.y;
  const Vec before = half * left_of(u.along), after = half * left_of(v.along);
  if (std::abs(cross) < k_straight && dot > 0.0) return;
  const bool is_outer = cross < 0.0 || std::abs(cross) < k_straight;
  const double reach = half * std::sqrt(std::max(0.0, 1.0 - dot) / std::max(1.0 + dot, 1e-300));  // of the meeting point
  const double room = is_outer ? half * (1.0 + 1e-9) : std::min(u.length, v.length) + half;
  if (reach <= room) return outline.add(at, (1.0 / (1.0 + dot)) * (before + after));
  if (is_outer) {
    outline.add(at, before + half * u.along);
    outline.add(at, after + -half * v.along);
  } else {
    outline.add(at, before);
    outline.add(at, {0.0, 0.0});
    outline.add(at, after);
  }
}

// Around an end, from the left of `along` to its right.
void add_end(Outline& outline, DbPoint at, Vec along, double half, double reach, bool round) {
  const Vec left = half * left_of(along);
  if (!round) {
    outline.add(at, left + reach * along);
    outline.add(at, -1.0 * left + reach * along);
    return;
  }
  const int chords = circle_chords(half) / 2;
  for (int i = 0; i <= chords; ++i) {
    const double t = std::numbers::pi * i / chords;
    outline.add(at, std::cos(t) * left + half * std::sin(t) * along);
  }
}

}  // namespace

int circle_chords(double radius) {
  // A chord of n stays within r (1 - cos(pi / n)) of the circle.
  const double flat = std::clamp(k_chord_tolerance_dbu / std::max(radius, 1.0), 0.0, 1.0);
  const double chords = std::clamp(std::numbers::pi / std::acos(1.0 - flat), k_fewest_chords, k_most_chords);
  return 4 * static_cast<int>(std::ceil(chords / 4.0));
}

std::vector<DbPoint> path_outline(const std::vector<DbPoint>& centre, double width, const PathEnds& ends) {
  std::vector<DbPoint> line;
  for (const DbPoint p : centre)
    if (line.empty() || p.x != line.back().x || p.y != line.back().y) line.push_back(p);
  const double half = 0.5 * width;
  if (half <= 0.0 || line.empty()) return {};
  if (line.size() == 1 && !ends.round && !(ends.before + ends.after > 0.0)) return {};
  std::vector<Segment> segments;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) segments.push_back(segment(line[i], line[i + 1]));
  if (segments.empty()) segments.push_back({{1.0, 0.0}, 0.0});
  Outline outline;
  for (std::size_t i = 1; i + 1 < line.size(); ++i)
    add_corner(outline, line[i], segments[i - 1], segments[i], half);
  add_end(outline, line.back(), segments.back().along, half, ends.after, ends.round);
  for (Segment& s : segments) s.along = -1.0 * s.along;
  for (std::size_t i = line.size() - 1; i-- > 1;)
    add_corner(outline, line[i], segments[i], segments[i - 1], half);
  add_end(outline, line.front(), segments.front().along, half, ends.before, ends.round);
  return outline.points;
}

}  // namespace reticle::layout
