// SPDX-License-Identifier: Apache-2.0
// Mask rules: what a mask shop can write and inspect. One description for ILT, OPC, verification and
// reports; rule_check.h tells whether a mask obeys it.
#pragma once

#include <string>
#include <vector>

namespace reticle {

// The scale people state the rules in: that of the wafer, or of the mask, `reduction` times larger.
enum class RuleScale { wafer, mask };

// Lengths in nm at wafer scale, whatever `scale` says for reading and printing. 0: no such rule.
struct MaskRuleSet {
  RuleScale scale = RuleScale::wafer;
  double reduction = 4.0;
  double minimum_width_nm = 20.0;        // of shapes
  double minimum_space_nm = 20.0;        // of the clear between and within shapes
  double minimum_area_nm2 = 400.0;       // of a shape
  double minimum_hole_area_nm2 = 400.0;  // of a clear region that a shape encloses
  double convex_radius_nm = 0.0;         // of curvature of outlines; at most half the width
  double concave_radius_nm = 0.0;        // at most half the space
  // Of assist features: shapes that touch nothing drawn.
  double assist_width_nm = 0.0;
  double assist_length_nm = 0.0;
  double assist_to_main_nm = 0.0;
  double assist_to_assist_nm = 0.0;
};

// Throws Error(bad_input), naming key and value, for a negative length, a reduction below 1, or a
// radius that the narrowest line or space cannot have.
void check(const MaskRuleSet& rules);

// A rule for people, at both scales.
struct RuleLine {
  std::string name;  // "minimum width"
  double wafer = 0.0, mask = 0.0;
  std::string unit;  // "nm" or "nm2"
};

// Those that are there, 0 left out.
std::vector<RuleLine> rule_lines(const MaskRuleSet& rules);

}  // namespace reticle
