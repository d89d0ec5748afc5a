// SPDX-License-Identifier: Apache-2.0
// Rules of polygons: pixels of one window after another.
#include <algorithm>
#include <cmath>
#include <limits>

#include "litho/geometry/rasterize.h"
#include "litho/geometry/box.h"
#include "litho/rules/rule_check.h"

namespace reticle {

namespace {

constexpr int k_window_px = 2048;  // of what is checked at a time, beside its margin

double largest_length(const MaskRuleSet& rules) {
  return std::max({rules.minimum_width_nm, rules.minimum_space_nm, 2.0 * rules.convex_radius_nm,
                   2.0 * rules.concave_radius_nm, rules.assist_width_nm, rules.assist_length_nm,
                   rules.assist_to_main_nm, rules.assist_to_assist_nm});
}

BitImage binary(std::span<const Polygon> rings, const std::vector<Box>& bounds, const Grid& grid) {
  const double x1 = grid.origin_x_nm + grid.width_nm(), y1 = grid.origin_y_nm + grid.height_nm();
  std::vector<Polygon> here;
  for (std::size_t i = 0; i < rings.size(); ++i)
    if (bounds[i].x0 < x1 && bounds[i].x1 > grid.origin_x_nm && bounds[i].y0 < y1 &&
        bounds[i].y1 > grid.origin_y_nm)
      here.push_back(rings[i]);
  const Image<float> covered = rasterize_rings(here, grid);
  Image<std::uint8_t> pixels(grid.rows, grid.cols);
  std::transform(covered.begin(), covered.end(), pixels.begin(),
                 [](float part) { return static_cast<std::uint8_t>(std::abs(part) >= 0.5f); });
  return BitImage(pixels);
}

}  // namespace

double rule_pixel_nm(const MaskRuleSet& rules) {
  double finest = std::numeric_limits<double>::infinity();
  for (const double length : {rules.minimum_width_nm, rules.minimum_space_nm, 2.0 * rules.convex_radius_nm,
                              2.0 * rules.concave_radius_nm, rules.assist_width_nm})
    if (length > 0.0) finest = std::min(finest, length);
  return std::isfinite(finest) ? finest / 20.0 : 1.0;
}

std::vector<RuleViolation> check_mask(std::span<const Polygon> rings, const Box& box,
                                      const MaskRuleSet& rules, double pixel_nm,
                                      std::span<const Polygon> drawn) {
  // Small shapes and holes are seen whole: none below the area is longer than a needle of one pixel's
  // width, and that is found as too narrow.
  const double around = 2.0 * largest_length(rules) +
                        4.0 * std::sqrt(std::max(rules.minimum_area_nm2, rules.minimum_hole_area_nm2)) +
                        4.0 * pixel_nm;
  std::vector<Box> bounds, drawn_bounds;
  for (const Polygon& ring : rings) bounds.push_back(bounds_of(ring));
  for (const Polygon& ring : drawn) drawn_bounds.push_back(bounds_of(ring));
  std::vector<RuleViolation> found;
  const double step = k_window_px * pixel_nm;
  for (double y0 = box.y0; y0 < box.y1; y0 += step)
    for (double x0 = box.x0; x0 < box.x1; x0 += step) {
      const Box window{x0, y0, std::min(x0 + step, box.x1), std::min(y0 + step, box.y1)};
      const Grid grid{.rows = static_cast<int>(std::ceil((window.height() + 2.0 * around) / pixel_nm)),
                      .cols = static_cast<int>(std::ceil((window.width() + 2.0 * around) / pixel_nm)),
                      .pixel_nm = pixel_nm,
                      .origin_x_nm = x0 - around,
                      .origin_y_nm = y0 - around};
      const BitImage mask = binary(rings, bounds, grid), target = binary(drawn, drawn_bounds, grid);
      for (RuleViolation& violation : check_mask(mask, grid, rules, drawn.empty() ? nullptr : &target)) {
        const Point& at = violation.place;
        if (at.x >= window.x0 && at.x < window.x1 && at.y >= window.y0 && at.y < window.y1)
          found.push_back(violation);
      }
    }
  std::stable_sort(found.begin(), found.end(), [](const RuleViolation& a, const RuleViolation& b) {
    return a.rule < b.rule;
  });
  return found;
}

}  // namespace reticle
