// SPDX-License-Identifier: Apache-2.0
#include "litho/rules/mask_rule_set.h"

#include <sstream>

#include "kernels/base/error.h"

namespace reticle {

namespace {

void require(bool ok, const char* key, double value, const char* allowed) {
  if (ok) return;
  std::ostringstream message;
  message << "mask rules: " << key << " = " << value << "; allowed is " << allowed;
  throw Error(ErrorCode::bad_input, message.str());
}

}  // namespace

void check(const MaskRuleSet& rules) {
  require(rules.reduction >= 1.0, "reduction", rules.reduction, "1 or more");
  const auto at_least_0 = [](const char* key, double value) {
    require(value >= 0.0, key, value, "0 or more");
  };
  at_least_0("minimum_width_nm", rules.minimum_width_nm);
  at_least_0("minimum_space_nm", rules.minimum_space_nm);
  at_least_0("minimum_area_nm2", rules.minimum_area_nm2);
  at_least_0("minimum_hole_area_nm2", rules.minimum_hole_area_nm2);
  at_least_0("convex_radius_nm", rules.convex_radius_nm);
  at_least_0("concave_radius_nm", rules.concave_radius_nm);
  at_least_0("assist_width_nm", rules.assist_width_nm);
  at_least_0("assist_length_nm", rules.assist_length_nm);
  at_least_0("assist_to_main_nm", rules.assist_to_main_nm);
  at_least_0("assist_to_assist_nm", rules.assist_to_assist_nm);
  require(2.0 * rules.convex_radius_nm <= rules.minimum_width_nm, "convex_radius_nm",
          rules.convex_radius_nm, "at most half of minimum_width_nm: a line's end is no rounder");
  require(2.0 * rules.concave_radius_nm <= rules.minimum_space_nm, "concave_radius_nm",
          rules.concave_radius_nm, "at most half of minimum_space_nm: a gap's end is no rounder");
}

std::vector<RuleLine> rule_lines(const MaskRuleSet& rules) {
  std::vector<RuleLine> lines;
  const auto add = [&](const char* name, double wafer, double factor, const char* unit) {
    if (wafer > 0.0) lines.push_back({name, wafer, wafer * factor, unit});
  };
  const auto length = [&](const char* name, double nm) { add(name, nm, rules.reduction, "nm"); };
  const auto area = [&](const char* name, double nm2) {
    add(name, nm2, rules.reduction * rules.reduction, "nm2");
  };
  length("minimum width", rules.minimum_width_nm);
  length("minimum space", rules.minimum_space_nm);
  area("minimum area", rules.minimum_area_nm2);
  area("minimum hole area", rules.minimum_hole_area_nm2);
  length("convex radius", rules.convex_radius_nm);
  length("concave radius", rules.concave_radius_nm);
  length("assist width", rules.assist_width_nm);
  length("assist length", rules.assist_length_nm);
  length("assist to main", rules.assist_to_main_nm);
  length("assist to assist", rules.assist_to_assist_nm);
  return lines;
}

}  // namespace reticle
