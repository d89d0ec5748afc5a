#include "masks/layout/path_outline.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace reticle::layout {

namespace {

struct Vec {
  double x, y;
};

DbPoint rounded(Vec v) {
  const auto whole = [](double value) {
    return static_cast<std::int32_t>(std::lround(std::clamp(value, -2147483647.0, 2147483647.0)));
  };
  return {whole(v.x), whole(v.y)};
}

std::vector<DbPoint> rounded(const std::vector<Vec>& polygon) {
  std::vector<DbPoint> out;
  for (const Vec v : polygon) out.push_back(rounded(v));
  return out;
}

Vec direction(DbPoint a, DbPoint b) {
  const double dx = static_cast<double>(b.x) - a.x, dy = static_cast<double>(b.y) - a.y;
  const double length = std::hypot(dx, dy);
  return {dx / length, dy / length};
}

std::vector<Vec> disc(DbPoint centre, double radius) {
  std::vector<Vec> points;
  for (int i = 0; i < 32; ++i) {
    const double t = 2.0 * std::numbers::pi * i / 32;
    points.push_back({centre.x + radius * std::cos(t), centre.y + radius * std::sin(t)});
  }
  return points;
}

// The corner between directions u and v at p, on the outer side of the turn.
std::vector<Vec> join(DbPoint p, Vec u, Vec v, double half) {
  const double cross = u.x * v.y - u.y * v.x, dot = u.x * v.x + u.y * v.y;
  if (std::abs(cross) < 1e-12) return {};
  const double side = cross > 0.0 ? 1.0 : -1.0;  // turning left leaves the gap on the right
  const Vec a{p.x + side * half * u.y, p.y - side * half * u.x};
  const Vec b{p.x + side * half * v.y, p.y - side * half * v.x};
  const Vec centre{static_cast<double>(p.x), static_cast<double>(p.y)};
  if (dot < -0.5) return {centre, a, b};
  const double reach = half / (1.0 + dot);
  const Vec tip{p.x + side * reach * (u.y + v.y), p.y - side * reach * (u.x + v.x)};
  return {centre, a, tip, b};
}

}  // namespace

std::vector<std::vector<DbPoint>> path_outline(const std::vector<DbPoint>& centre, double width,
                                               const PathEnds& ends) {
  std::vector<std::vector<DbPoint>> pieces;
  std::vector<DbPoint> line;
  for (const DbPoint p : centre)
    if (line.empty() || p.x != line.back().x || p.y != line.back().y) line.push_back(p);
  const double half = 0.5 * width;
  if (half <= 0.0 || line.empty()) return pieces;
  if (ends.round) {
    pieces.push_back(rounded(disc(line.front(), half)));
    pieces.push_back(rounded(disc(line.back(), half)));
  }
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const Vec d = direction(line[i], line[i + 1]);
    const double before = i == 0 ? ends.before : 0.0;
    const double after = i + 2 == line.size() ? ends.after : 0.0;
    const Vec a{line[i].x - before * d.x, line[i].y - before * d.y};
    const Vec b{line[i + 1].x + after * d.x, line[i + 1].y + after * d.y};
    const Vec n{-half * d.y, half * d.x};
    pieces.push_back(rounded(std::vector<Vec>{{a.x + n.x, a.y + n.y},
                                              {a.x - n.x, a.y - n.y},
                                              {b.x - n.x, b.y - n.y},
                                              {b.x + n.x, b.y + n.y}}));
    if (i + 2 < line.size()) {
      const auto corner = join(line[i + 1], d, direction(line[i + 1], line[i + 2]), half);
      if (!corner.empty()) pieces.push_back(rounded(corner));
    }
  }
  return pieces;
}

}  // namespace reticle::layout
