// SPDX-License-Identifier: Apache-2.0
// The rulers of mask_rules.h step by step: one index image for each direction of pixel edges, sums
// over neighbours for every unit, rays pixel by pixel, regions by flooding.
#include "tests/litho/metrology/plain_mask_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "litho/geometry/contour.h"
#include "tests/litho/random_masks.h"

namespace reticle::test {
namespace {

constexpr int k_normal_reach = 6;                   // pixels of outline on either side
constexpr double k_opposing = -0.8660254037844386;  // cos(150 degrees)

// One pixel edge of the outline, in pixel units.
struct OutlineUnit {
  Point middle, smooth, normal;  // normal points out of the shape
  Point across;                  // unit step out of the shape, through the pixel edge
};

struct Outline {
  std::vector<OutlineUnit> units;
  Image<int> upright, level;  // index of the unit on a pixel edge, -1 where there is none
};

void smooth(std::vector<OutlineUnit>& ring) {
  const int n = static_cast<int>(ring.size());
  const int reach = std::clamp(n / 8, 1, k_normal_reach), half = std::max(1, reach / 2);
  const auto at = [&](int i) -> OutlineUnit& {
    return ring[static_cast<std::size_t>((i + n) % n)];
  };
  for (int i = 0; i < n; ++i) {
    Point sum, normal;
    for (int k = -half; k <= half; ++k) {
      sum.x += at(i + k).middle.x;
      sum.y += at(i + k).middle.y;
    }
    for (int k = -reach; k <= reach; ++k) {
      normal.x += at(i + k).across.x;
      normal.y += at(i + k).across.y;
    }
    const double length = std::hypot(normal.x, normal.y);
    OutlineUnit& unit = at(i);
    unit.smooth = {sum.x / (2 * half + 1), sum.y / (2 * half + 1)};
    unit.normal = length > 0.0 ? Point{normal.x / length, normal.y / length} : unit.across;
  }
}

std::vector<OutlineUnit> units_of(const Polygon& ring) {
  std::vector<OutlineUnit> units;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Point &a = ring[i], &b = ring[(i + 1) % ring.size()];
    const int length = static_cast<int>(std::abs(b.x - a.x) + std::abs(b.y - a.y));
    const Point along{(b.x - a.x) / length, (b.y - a.y) / length};
    for (int k = 0; k < length; ++k) {
      const Point middle{a.x + (k + 0.5) * along.x, a.y + (k + 0.5) * along.y};
      units.push_back({middle, middle, {}, {along.y, -along.x}});
    }
  }
  smooth(units);
  return units;
}

Outline find_outline(ImageView<const std::uint8_t> mask) {
  Outline outline{
      {}, Image<int>(mask.rows, mask.cols + 1, -1), Image<int>(mask.rows + 1, mask.cols, -1)};
  for (const Polygon& ring : trace_pixels(mask, {mask.rows, mask.cols})) {
    for (const OutlineUnit& unit : units_of(ring)) {
      const int x = static_cast<int>(unit.middle.x), y = static_cast<int>(unit.middle.y);
      (unit.across.x != 0.0 ? outline.upright : outline.level)(y, x) =
          static_cast<int>(outline.units.size());
      outline.units.push_back(unit);
    }
  }
  return outline;
}

// Index of the unit a ray meets, walking from the unit's middle through pixels of one tone; -1
// where it leaves the mask or runs out of range.
int opposite(ImageView<const std::uint8_t> mask, const Outline& outline, const OutlineUnit& from,
             double side, double range) {
  const Point d{side * from.normal.x, side * from.normal.y};
  if (from.normal.x * from.across.x + from.normal.y * from.across.y <= 0.0) return -1;
  int x = static_cast<int>(std::floor(from.middle.x + 0.5 * side * from.across.x));
  int y = static_cast<int>(std::floor(from.middle.y + 0.5 * side * from.across.y));
  const double far = std::numeric_limits<double>::infinity();
  const double dx = d.x != 0.0 ? 1.0 / std::abs(d.x) : far,
               dy = d.y != 0.0 ? 1.0 / std::abs(d.y) : far;
  double tx = d.x > 0.0 ? (x + 1 - from.middle.x) * dx : d.x < 0.0 ? (from.middle.x - x) * dx : far;
  double ty = d.y > 0.0 ? (y + 1 - from.middle.y) * dy : d.y < 0.0 ? (from.middle.y - y) * dy : far;
  const bool tone = side < 0.0;
  const auto in_mask = [&] { return x >= 0 && y >= 0 && x < mask.cols && y < mask.rows; };
  while (in_mask() && std::min(tx, ty) <= range) {
    const bool level_next = ty < tx;
    const int hit =
        level_next ? outline.level(y + (d.y > 0.0), x) : outline.upright(y, x + (d.x > 0.0));
    (level_next ? y : x) += (level_next ? d.y : d.x) > 0.0 ? 1 : -1;
    (level_next ? ty : tx) += level_next ? dy : dx;
    if (!in_mask()) return -1;
    if ((mask(y, x) != 0) != tone) return hit;
  }
  return -1;
}

bool on_border(const OutlineUnit& unit, ImageView<const std::uint8_t> mask) {
  return unit.across.x != 0.0 ? unit.middle.x == 0.0 || unit.middle.x == mask.cols
                              : unit.middle.y == 0.0 || unit.middle.y == mask.rows;
}

// side -1 measures through the shapes, +1 through the clear.
std::optional<RulerDistance> shortest_ruler(ImageView<const std::uint8_t> mask, const Grid& grid,
                                            const Outline& outline, double side, double range) {
  std::optional<RulerDistance> best;
  for (const OutlineUnit& a : outline.units) {
    if (on_border(a, mask)) continue;
    const double limit = best ? best->distance_nm / grid.pixel_nm + 2.0 : range;
    const int hit = opposite(mask, outline, a, side, std::min(limit, range));
    if (hit < 0) continue;
    const OutlineUnit& b = outline.units[static_cast<std::size_t>(hit)];
    if (a.normal.x * b.normal.x + a.normal.y * b.normal.y > k_opposing) continue;
    const double distance = grid.pixel_nm * std::abs((b.smooth.x - a.smooth.x) * a.normal.x +
                                                     (b.smooth.y - a.smooth.y) * a.normal.y);
    if (best && distance >= best->distance_nm) continue;
    best = {distance,
            {grid.origin_x_nm + 0.5 * grid.pixel_nm * (a.smooth.x + b.smooth.x),
             grid.origin_y_nm + 0.5 * grid.pixel_nm * (a.smooth.y + b.smooth.y)}};
  }
  return best;
}

}  // namespace

MaskRules plain_mask_rules(const Image<std::uint8_t>& image, const Grid& grid,
                           double search_range_nm) {
  const ImageView<const std::uint8_t> mask = image.view();
  const Outline outline = find_outline(mask);
  const double range = search_range_nm / grid.pixel_nm;
  MaskRules rules{shortest_ruler(mask, grid, outline, -1.0, range),
                  shortest_ruler(mask, grid, outline, 1.0, range),
                  0,
                  {},
                  {}};
  const double pixel_nm2 = grid.pixel_nm * grid.pixel_nm;
  const auto shapes = flooded(image, 1, false);
  rules.components = static_cast<int>(shapes.size());
  const auto shrink = [&](std::optional<double>& smallest, const Flooded& region) {
    const double area = static_cast<double>(region.pixels.size()) * pixel_nm2;
    smallest = std::min(smallest.value_or(area), area);
  };
  for (const Flooded& region : shapes) shrink(rules.smallest_component_nm2, region);
  for (const Flooded& region : flooded(image, 0, true)) {
    if (!region.touches_border) shrink(rules.smallest_hole_nm2, region);
  }
  return rules;
}

}  // namespace reticle::test
