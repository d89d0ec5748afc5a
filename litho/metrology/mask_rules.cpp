// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/mask_rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/base/error.h"
#include "litho/geometry/disc_morphology.h"
#include "litho/geometry/regions.h"
#include "litho/metrology/mask_outline.h"

namespace reticle {
namespace {

constexpr double k_opposing = -0.8660254037844386;  // cos(150 degrees)

Point smooth(const OutlineUnit& unit) {
  return {0.5 * unit.smooth_x / unit.smoothed, 0.5 * unit.smooth_y / unit.smoothed};
}

// Unit normals of all sums of steps that a unit can have, and how far along them a whole pixel of x
// and of y is.
class Normals {
 public:
  struct Normal {
    Point unit;
    double per_x, per_y;  // infinite along the other axis
  };

  Normals() {
    constexpr double far = std::numeric_limits<double>::infinity();
    for (int y = -k_most; y <= k_most; ++y) {
      for (int x = -k_most; x <= k_most; ++x) {
        const double length = std::hypot(x, y);
        Normal& normal = table_[place(x, y)];
        if (length > 0.0) normal.unit = {x / length, y / length};
        normal.per_x = x != 0 ? 1.0 / std::abs(normal.unit.x) : far;
        normal.per_y = y != 0 ? 1.0 / std::abs(normal.unit.y) : far;
      }
    }
  }

  // Where the steps cancel, the unit's own one counts.
  const Normal& of(const OutlineUnit& unit) const {
    const bool cancelled = unit.outward_x == 0 && unit.outward_y == 0;
    return table_[cancelled ? place(unit.across_x, unit.across_y)
                            : place(unit.outward_x, unit.outward_y)];
  }

 private:
  static constexpr int k_most = 13;  // steps summed
  static constexpr std::size_t place(int x, int y) {
    return static_cast<std::size_t>((y + k_most) * (2 * k_most + 1) + x + k_most);
  }
  std::array<Normal, (2 * k_most + 1) * (2 * k_most + 1)> table_;
};

enum class Through { shapes, clear };

class Rulers {
 public:
  Rulers(const BitImage& mask, const MaskOutline& outline, Through through)
      : outline_(outline),
        rows_(mask.rows()),
        cols_(mask.cols()),
        side_(through == Through::shapes ? -1 : 1),
        way_(mask),
        free_(0, 0) {
    // Shapes or clear alike, a ray goes on through set pixels, and the frame stops it.
    if (through == Through::clear) way_.invert().clear_frame();
    free_ = eroded(way_, 2.0 * k_free_px);
  }

  std::optional<RulerDistance> shortest(const Grid& grid, double range) const {
    std::optional<RulerDistance> best;
    for (const OutlineUnit& unit : outline_.units()) {
      if (on_border(unit)) continue;
      const Normals::Normal& normal = normals_.of(unit);
      const double limit = best ? best->distance_nm / grid.pixel_nm + 2.0 : range;
      const OutlineUnit* hit = opposite(unit, normal, std::min(limit, range));
      if (hit == nullptr) continue;
      const Point &a = normal.unit, &b = normals_.of(*hit).unit;
      if (a.x * b.x + a.y * b.y > k_opposing) continue;
      const Point from = smooth(unit), to = smooth(*hit);
      const double distance =
          grid.pixel_nm * std::abs((to.x - from.x) * a.x + (to.y - from.y) * a.y);
      if (best && distance >= best->distance_nm) continue;
      best = {distance,
              {grid.origin_x_nm + 0.5 * grid.pixel_nm * (from.x + to.x),
               grid.origin_y_nm + 0.5 * grid.pixel_nm * (from.y + to.y)}};
    }
    return best;
  }

 private:
  bool on_border(const OutlineUnit& unit) const {
    return unit.upright() ? unit.x == 0 || unit.x == 2 * cols_ : unit.y == 0 || unit.y == 2 * rows_;
  }

  // The unit a ray meets, walking from the unit's middle through pixels of one tone; null where it
  // leaves the mask or runs out of range.
  const OutlineUnit* opposite(const OutlineUnit& from, const Normals::Normal& normal,
                              double range) const {
    if (normal.unit.x * from.across_x + normal.unit.y * from.across_y <= 0.0) return nullptr;
    const Point middle{0.5 * from.x, 0.5 * from.y};
    const double away_x = side_ * normal.unit.x, away_y = side_ * normal.unit.y;
    const int step_x = away_x > 0.0 ? 1 : -1, step_y = away_y > 0.0 ? 1 : -1;
    int x = (from.x + side_ * from.across_x) >> 1, y = (from.y + side_ * from.across_y) >> 1;
    // Lengths along the ray to where it leaves the pixel in x and in y.
    double to_x = away_x != 0.0 ? (away_x > 0.0 ? x + 1 - middle.x : middle.x - x) * normal.per_x
                                : normal.per_x;
    double to_y = away_y != 0.0 ? (away_y > 0.0 ? y + 1 - middle.y : middle.y - y) * normal.per_y
                                : normal.per_y;
    double look_ahead = 2.5;  // past the stairs beside the start
    for (double next; (next = std::min(to_x, to_y)) <= range;) {
      if (next > look_ahead) {
        if (is_free(middle, away_x, away_y, next, range)) return nullptr;
        look_ahead = next + 2.0;
      }
      const bool level_next = to_y < to_x;
      x += level_next ? 0 : step_x;
      y += level_next ? step_y : 0;
      to_x += level_next ? 0.0 : normal.per_x;
      to_y += level_next ? normal.per_y : 0.0;
      if (way_(y, x)) continue;
      if (x < 0 || y < 0 || x >= cols_ || y >= rows_) return nullptr;
      return level_next ? &outline_.level(y + (away_y > 0.0 ? 0 : 1), x)
                        : &outline_.upright(y, x + (away_x > 0.0 ? 0 : 1));
    }
    return nullptr;
  }

  // True if discs of free pixels cover the ray between two lengths; false says nothing. A pixel
  // that the ray enters has its centre within sqrt(1/2) of the ray there, as has the pixel looked
  // up.
  bool is_free(const Point& start, double away_x, double away_y, double begin, double end) const {
    constexpr double k_covered = k_free_px - 1.5;
    for (; begin <= end; begin += 2.0 * k_covered) {
      const double along = begin + k_covered;
      const int x = static_cast<int>(std::floor(start.x + along * away_x));
      const int y = static_cast<int>(std::floor(start.y + along * away_y));
      if (x < 0 || y < 0 || x >= cols_ || y >= rows_ || !free_(y, x)) return false;
    }
    return true;
  }

  // Radius of the discs; about half the shortest ruler of a mask of 1 nm pixels.
  static constexpr double k_free_px = 11.0;

  const MaskOutline& outline_;
  int rows_, cols_;
  int side_;  // of the outline, +1 outwards
  BitImage way_;
  BitImage free_;  // centres of discs of set pixels of way_
  Normals normals_;
};

}  // namespace

MaskRules measure_mask_rules(const BitImage& mask, const Grid& grid, double search_range_nm) {
  if (mask.rows() != grid.rows || mask.cols() != grid.cols || !(search_range_nm > 0.0)) {
    throw Error(ErrorCode::invalid_argument,
                "mask rules: give the grid the mask lies on and a search range above 0 nm.");
  }
  const MaskOutline outline(mask);
  const double range = search_range_nm / grid.pixel_nm;
  MaskRules rules{Rulers(mask, outline, Through::shapes).shortest(grid, range),
                  Rulers(mask, outline, Through::clear).shortest(grid, range),
                  0,
                  {},
                  {}};
  const double pixel_nm2 = grid.pixel_nm * grid.pixel_nm;
  const Regions shapes = shape_regions(mask);
  rules.components = static_cast<int>(shapes.regions.size());
  const auto shrink = [&](std::optional<double>& smallest, const PixelRegion& region) {
    const double area = static_cast<double>(region.pixels) * pixel_nm2;
    smallest = std::min(smallest.value_or(area), area);
  };
  for (const PixelRegion& region : shapes.regions) shrink(rules.smallest_component_nm2, region);
  for (const PixelRegion& region : clear_regions(mask).regions) {
    if (!region.touches_border) shrink(rules.smallest_hole_nm2, region);
  }
  return rules;
}

MaskRules measure_mask_rules(ImageView<const std::uint8_t> mask, const Grid& grid,
                             double search_range_nm) {
  return measure_mask_rules(BitImage(mask), grid, search_range_nm);
}

}  // namespace reticle
