// SPDX-License-Identifier: Apache-2.0
// Whether a mask obeys the rules: by discs and distances, never by facing edges.
//
// Width: a disc of the minimum width, rolled inside the shape, comes everywhere within a pixel. What
// it leaves out is a corner if it is no deeper than a right angle's, (sqrt 2 - 1) of the disc's
// radius, and mostly clear around its tip; corners are for the radius of curvature to judge, by a disc
// of that radius. Everything else is too narrow: a neck, a needle, a thin end. And from every corner
// of the clear the shape is measured straight across, as rolled discs pass a point on either side.
// Space and the concave radius are the same of the clear. [opening and closing: Serra 1982]
//
// Discs are digital: pixels of centres within (w - 1 pixel) / 2. A line or gap of w passes and one of
// w - 1 pixel may; one of w - 2 pixels fails. A corner's radius r passes and r - 2.5 pixels may.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "litho/geometry/bit_image.h"
#include "litho/geometry/polygon.h"
#include "litho/rules/mask_rule_set.h"

namespace reticle {

enum class MaskRule {
  width,
  space,
  area,
  hole_area,
  convex_radius,
  concave_radius,
  assist_width,
  assist_length,
  assist_to_main,
  assist_to_assist,
};

const char* name_of(MaskRule rule);  // as in reports: "width", "hole area"

struct RuleViolation {
  MaskRule rule;
  Point place;   // where it is worst, nm
  double value;  // measured, nm or nm2: the widest disc that comes here, the radius, the area
  double limit;  // what the rule asks for
  Box box;       // around it, nm
};

// Violations of a mask, ordered by rule, then place; two rules can meet in one place. The frame of the
// images must be clear, and clear is what lies around the image. `drawn` tells main features, which
// touch it, from assist features; without it there are none. Throws Error(invalid_argument) if mask, grid and drawn
// differ in size or a rule's disc is wider than 120 pixels.
std::vector<RuleViolation> check_mask(const BitImage& mask, const Grid& grid,
                                      const MaskRuleSet& rules, const BitImage* drawn = nullptr);

// The pixel polygons are checked at: a twentieth of the finest length, so that widths are held to 5 %
// to 10 %.
double rule_pixel_nm(const MaskRuleSet& rules);

// Violations whose place lies within the box, of a mask as polygons, which may be rings as from
// trace_pixels() (holes clockwise) and must not overlap. They are rasterised, window by window, at
// pixel_nm; polygons that reach outside the box count as far as the rules can feel them.
std::vector<RuleViolation> check_mask(std::span<const Polygon> rings, const Box& box,
                                      const MaskRuleSet& rules, double pixel_nm,
                                      std::span<const Polygon> drawn = {});

}  // namespace reticle
