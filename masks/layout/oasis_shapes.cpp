// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/oasis_shapes.h"

#include <array>
#include <cmath>
#include <numbers>

#include "masks/layout/path_outline.h"

namespace reticle::layout {

namespace {

constexpr std::uint64_t k_most_points = 1u << 24;
constexpr std::uint64_t k_most_steps = INT32_MAX - 2;

Delta operator+(const Delta& a, const Delta& b) { return {a.x + b.x, a.y + b.y}; }

// Corner of a compact trapezoid: x = xw w + xh h, y = yw w + yh h.
struct Corner {
  int xw, xh, yw, yh;
};

constexpr Corner k_left_bottom{0, 0, 0, 0}, k_left_top{0, 0, 0, 1}, k_right_top{1, 0, 0, 1},
    k_right_bottom{1, 0, 0, 0}, k_none{-9, 0, 0, 0};
constexpr Corner k_top_in{1, -1, 0, 1}, k_bottom_in{1, -1, 0, 0};      // h short of the right
constexpr Corner k_top_at{0, 1, 0, 1}, k_bottom_at{0, 1, 0, 0};        // h from the left
constexpr Corner k_right_up{1, 0, 1, 0}, k_left_up{0, 0, 1, 0};        // w from the bottom
constexpr Corner k_right_down{1, 0, -1, 1}, k_left_down{0, 0, -1, 1};  // w short of the top

constexpr std::array<std::array<Corner, 4>, 26> k_compact = {{
    {k_left_bottom, k_left_top, k_top_in, k_right_bottom},
    {k_left_bottom, k_left_top, k_right_top, k_bottom_in},
    {k_left_bottom, k_top_at, k_right_top, k_right_bottom},
    {k_bottom_at, k_left_top, k_right_top, k_right_bottom},
    {k_left_bottom, k_top_at, k_top_in, k_right_bottom},
    {k_bottom_at, k_left_top, k_right_top, k_bottom_in},
    {k_left_bottom, k_top_at, k_right_top, k_bottom_in},
    {k_bottom_at, k_left_top, k_top_in, k_right_bottom},
    {k_left_bottom, k_left_top, k_right_down, k_right_bottom},
    {k_left_bottom, k_left_down, k_right_top, k_right_bottom},
    {k_left_bottom, k_left_top, k_right_top, k_right_up},
    {k_left_up, k_left_top, k_right_top, k_right_bottom},
    {k_left_bottom, k_left_top, k_right_down, k_right_up},
    {k_left_up, k_left_down, k_right_top, k_right_bottom},
    {k_left_bottom, k_left_down, k_right_top, k_right_up},
    {k_left_up, k_left_top, k_right_down, k_right_bottom},
    {k_left_bottom, k_left_up, k_right_bottom, k_none},
    {k_left_bottom, k_left_up, k_right_up, k_none},
    {k_left_bottom, k_right_up, k_right_bottom, k_none},
    {k_left_up, k_right_up, k_right_bottom, k_none},
    {k_left_bottom, k_top_at, Corner{0, 2, 0, 0}, k_none},
    {k_left_top, Corner{0, 2, 0, 1}, k_bottom_at, k_none},
    {k_left_bottom, Corner{0, 0, 2, 0}, k_right_up, k_none},
    {k_left_up, Corner{1, 0, 2, 0}, k_right_bottom, k_none},
    {k_left_bottom, k_left_top, k_right_top, k_right_bottom},
    {k_left_bottom, k_left_up, k_right_up, k_right_bottom},
}};

}  // namespace

std::vector<Delta> read_point_list(OasisStream& stream, Outline outline) {
  const std::uint64_t type = stream.unsigned_integer(5, "the type of a point list");
  const std::uint64_t count = stream.unsigned_integer(k_most_points, "the length of a point list");
  std::vector<Delta> points{{0, 0}};
  Delta step;
  for (std::uint64_t i = 0; i < count; ++i) {
    switch (type) {
      case 0:
        step = stream.delta_1(i % 2 == 0);
        break;
      case 1:
        step = stream.delta_1(i % 2 == 1);
        break;
      case 2:
        step = stream.delta_2();
        break;
      case 3:
        step = stream.delta_3();
        break;
      case 4:
        step = stream.g_delta();
        break;
      default:
        step = step + stream.g_delta();
        break;
    }
    points.push_back(points.back() + step);
    const Delta& p = points.back();
    if (std::abs(p.x) > INT64_MAX / 4 || std::abs(p.y) > INT64_MAX / 4 ||
        std::abs(step.x) > INT64_MAX / 4 || std::abs(step.y) > INT64_MAX / 4)
      stream.fail("a point list runs beyond 32 bits");
  }
  if (outline == Outline::closed && type < 2) {
    // The last corner is implied: level or upright from the last point, then back to the first.
    const bool odd = count % 2 != 0;
    if (odd) stream.warn("Manhattan point lists of odd length are closed by another corner");
    points.push_back((type == 0) != odd ? Delta{0, points.back().y} : Delta{points.back().x, 0});
  }
  return points;
}

Repetition read_repetition(OasisStream& stream, const Repetition& last) {
  const std::uint64_t type = stream.unsigned_integer(11, "the type of a repetition");
  if (type == 0) {
    if (last.count() < 2) stream.fail("a repetition refers to an earlier one, and there is none");
    return last;
  }
  const auto number = [&] {
    return stream.unsigned_integer(k_most_steps, "the count of a repetition") + 2;
  };
  const auto space = [&] {
    return static_cast<std::int64_t>(
        stream.unsigned_integer(UINT32_MAX, "the step of a repetition"));
  };
  // The product with any step then has at most 61 bits.
  const auto grid_step = [&] {
    return static_cast<std::int64_t>(stream.unsigned_integer(1u << 28, "the grid of a repetition"));
  };
  Repetition r;
  // Irregular ones: each offset is a step from the one before.
  const auto offsets = [&](std::uint64_t count, auto&& step) {
    r.offsets.push_back({0, 0});
    for (std::uint64_t i = 1; i < count; ++i) {
      r.offsets.push_back(r.offsets.back() + step());
      if (std::abs(r.offsets.back().x) > INT64_MAX / 4 ||
          std::abs(r.offsets.back().y) > INT64_MAX / 4)
        stream.fail("a repetition runs beyond 32 bits");
    }
  };
  switch (type) {
    case 1:
      r.columns = number();
      r.rows = number();
      r.column = {space(), 0};
      r.row = {0, space()};
      break;
    case 2:
      r.columns = number();
      r.column = {space(), 0};
      break;
    case 3:
      r.rows = number();
      r.row = {0, space()};
      break;
    case 4:
    case 5:
    case 6:
    case 7: {
      const std::uint64_t count = number();
      const std::int64_t grid = type % 2 == 1 ? grid_step() : 1;
      offsets(count, [&] {
        return type < 6 ? Delta{grid * space(), 0} : Delta{0, grid * space()};
      });
      break;
    }
    case 8:
      r.columns = number();
      r.rows = number();
      r.column = stream.g_delta();
      r.row = stream.g_delta();
      break;
    case 9:
      r.columns = number();
      r.column = stream.g_delta();
      break;
    default: {
      const std::uint64_t count = number();
      const std::int64_t grid = type == 11 ? grid_step() : 1;
      offsets(count, [&] {
        const Delta d = stream.g_delta();
        return Delta{grid * d.x, grid * d.y};
      });
    }
  }
  return r;
}

std::vector<Delta> outline_of(const Trapezoid& t) {
  // Begin and end of the two parallel sides: bottom and top, or, of a vertical one, right and left.
  const std::int64_t length = t.vertical ? t.height : t.width;
  const std::int64_t first_begin = std::max<std::int64_t>(-t.delta_a, 0);
  const std::int64_t second_begin = std::max<std::int64_t>(t.delta_a, 0);
  const std::int64_t first_end = length - std::max<std::int64_t>(t.delta_b, 0);
  const std::int64_t second_end = length + std::min<std::int64_t>(t.delta_b, 0);
  if (t.vertical)
    return {{t.width, first_begin}, {0, second_begin}, {0, second_end}, {t.width, first_end}};
  return {{first_begin, 0}, {second_begin, t.height}, {second_end, t.height}, {first_end, 0}};
}

std::vector<Delta> compact_trapezoid(const OasisStream& stream, std::uint64_t type,
                                     std::int64_t width, std::int64_t height) {
  if (type >= k_compact.size())
    stream.fail("a compact trapezoid of type " + std::to_string(type) + "; types are 0 to 25");
  std::vector<Delta> points;
  for (const Corner& c : k_compact[type]) {
    if (c.xw == k_none.xw) continue;
    points.push_back({c.xw * width + c.xh * height, c.yw * width + c.yh * height});
    if (points.back().x < 0 || points.back().y < 0)
      stream.fail("a compact trapezoid of type " + std::to_string(type) +
                  " does not fit its box of " + std::to_string(width) + " x " +
                  std::to_string(height));
  }
  return points;
}

std::vector<Delta> circle(std::int64_t radius) {
  std::vector<Delta> points;
  const int chords = circle_chords(static_cast<double>(radius));
  for (int i = 0; i < chords; ++i) {
    const double t = 2.0 * std::numbers::pi * i / chords;
    points.push_back({std::llround(static_cast<double>(radius) * std::cos(t)),
                      std::llround(static_cast<double>(radius) * std::sin(t))});
  }
  return points;
}

}  // namespace reticle::layout
