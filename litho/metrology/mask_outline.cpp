// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/mask_outline.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "litho/geometry/contour.h"

namespace reticle {
namespace {

constexpr int k_normal_reach = 6;  // units of outline on either side

std::uint64_t below(int x) { return (std::uint64_t{1} << (x % BitImage::k_word)) - 1; }

void append_units(const PixelRing& ring, std::vector<OutlineUnit>& units) {
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const PixelCorner &a = ring[i], &b = ring[i + 1 < ring.size() ? i + 1 : 0];
    const int length = std::abs(b.x - a.x) + std::abs(b.y - a.y);
    const int along_x = (b.x - a.x) / length, along_y = (b.y - a.y) / length;
    OutlineUnit unit{};
    unit.across_x = static_cast<std::int8_t>(along_y);
    unit.across_y = static_cast<std::int8_t>(-along_x);
    for (int k = 0; k < length; ++k) {
      unit.x = 2 * a.x + (2 * k + 1) * along_x;
      unit.y = 2 * a.y + (2 * k + 1) * along_y;
      units.push_back(unit);
    }
  }
}

// Sums over a window that slides along the closed ring of n units.
void smooth(OutlineUnit* ring, int n) {
  const int reach = std::clamp(n / 8, 1, k_normal_reach), half = std::max(1, reach / 2);
  const auto at = [&](int i) -> const OutlineUnit& {
    return ring[i < 0 ? i + n : i < n ? i : i - n];
  };
  int x = 0, y = 0, outward_x = 0, outward_y = 0;
  for (int k = -half; k <= half; ++k) x += at(k).x, y += at(k).y;
  for (int k = -reach; k <= reach; ++k) outward_x += at(k).across_x, outward_y += at(k).across_y;
  for (int i = 0; i < n; ++i) {
    ring[i].smooth_x = x;
    ring[i].smooth_y = y;
    ring[i].smoothed = static_cast<std::int8_t>(2 * half + 1);
    ring[i].outward_x = static_cast<std::int8_t>(outward_x);
    ring[i].outward_y = static_cast<std::int8_t>(outward_y);
    const OutlineUnit &next = at(i + half + 1), &last = at(i - half);
    x += next.x - last.x;
    y += next.y - last.y;
    const OutlineUnit &far_next = at(i + reach + 1), &far_last = at(i - reach);
    outward_x += far_next.across_x - far_last.across_x;
    outward_y += far_next.across_y - far_last.across_y;
  }
}

}  // namespace

MaskOutline::MaskOutline(const BitImage& mask) : mask_(mask) {
  number_edges();
  units_.reserve(upright_units_.size() + level_units_.size());
  for (const PixelRing& ring : trace_rings(mask)) {
    const std::size_t begin = units_.size();
    append_units(ring, units_);
    smooth(units_.data() + begin, static_cast<int>(units_.size() - begin));
  }
  for (std::size_t i = 0; i < units_.size(); ++i) {
    const OutlineUnit& unit = units_[i];
    const int x = unit.x / 2, y = unit.y / 2;
    (unit.upright() ? upright_units_[upright_rank(y, x)] : level_units_[level_rank(y, x)]) =
        static_cast<std::uint32_t>(i);
  }
}

void MaskOutline::number_edges() {
  std::uint32_t uprights = 0, levels = 0;
  const std::size_t places = place(mask_.rows() + 1, 0);
  upright_before_.resize(places);
  level_before_.resize(places);
  for (int y = 0; y <= mask_.rows(); ++y) {
    for (int word = 0; word <= mask_.words(); ++word) {
      upright_before_[place(y, word)] = uprights;
      level_before_[place(y, word)] = levels;
      uprights += static_cast<std::uint32_t>(std::popcount(upright_edges(y, word)));
      levels += static_cast<std::uint32_t>(std::popcount(level_edges(y, word)));
    }
  }
  upright_units_.resize(uprights);
  level_units_.resize(levels);
}

std::uint64_t MaskOutline::upright_edges(int y, int word) const {
  const std::uint64_t* row = mask_.row(y);
  return row[word] ^ (row[word] << 1 | row[word - 1] >> 63);
}

std::uint64_t MaskOutline::level_edges(int y, int word) const {
  return mask_.row(y)[word] ^ mask_.row(y - 1)[word];
}

std::size_t MaskOutline::upright_rank(int y, int x) const {
  const int word = x / BitImage::k_word;
  return upright_before_[place(y, word)] +
         static_cast<std::size_t>(std::popcount(upright_edges(y, word) & below(x)));
}

std::size_t MaskOutline::level_rank(int y, int x) const {
  const int word = x / BitImage::k_word;
  return level_before_[place(y, word)] +
         static_cast<std::size_t>(std::popcount(level_edges(y, word) & below(x)));
}

}  // namespace reticle
