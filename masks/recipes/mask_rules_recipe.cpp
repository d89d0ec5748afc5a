// SPDX-License-Identifier: Apache-2.0
// The table [mask_rules] of recipes: MaskRuleSet.
#include <string>
#include <string_view>

#include "masks/recipes/recipes.h"

namespace reticle {

void describe(RecipeKeys& keys, MaskRuleSet& rules) {
  keys.choice("scale", rules.scale, {{"wafer", RuleScale::wafer}, {"mask", RuleScale::mask}},
              "of the lengths and areas below");
  keys.number("reduction", rules.reduction, {1.0, 100.0}, "a mask is so many times larger");
  const double times = rules.scale == RuleScale::mask ? rules.reduction : 1.0;
  // Negative: not given, what follows from the model.
  const auto scaled = [&](const char* key, double& value, double factor, double most, const char* doc,
                          const std::string& otherwise = "") {
    double stated = value < 0.0 ? value : value * factor;
    if (otherwise.empty())
      keys.number(key, stated, {0.0, most * factor}, doc);
    else if (factor == 1.0 && std::string_view(key).ends_with("_nm"))
      keys.length(key, stated, {0.0, most}, doc, otherwise);
    else
      keys.derived(key, stated, {0.0, most * factor}, doc, otherwise);
    value = stated < 0.0 ? stated : stated / factor;
  };
  const auto length = [&](const char* key, double& nm, const char* doc) {
    scaled(key, nm, times, 1e4, doc);
  };
  const std::string of_resolution = std::to_string(k_rule_resolutions).substr(0, 6) + " lambda/NA, rounded";
  scaled("minimum_width_nm", rules.minimum_width_nm, times, 1e4,
         "of shapes, by a disc inside them; 0: no such rule, as for all", of_resolution);
  scaled("minimum_space_nm", rules.minimum_space_nm, times, 1e4, "of the clear between and within shapes",
         of_resolution);
  scaled("minimum_area_nm2", rules.minimum_area_nm2, times * times, 1e8, "of a shape", "the square of minimum_width_nm");
  scaled("minimum_hole_area_nm2", rules.minimum_hole_area_nm2, times * times, 1e8, "of the clear that a shape encloses",
         "the square of minimum_space_nm");
  length("convex_radius_nm", rules.convex_radius_nm, "of curvature; at most half the width");
  length("concave_radius_nm", rules.concave_radius_nm, "of curvature; at most half the space");
  length("assist_width_nm", rules.assist_width_nm, "of shapes that touch nothing drawn");
  length("assist_length_nm", rules.assist_length_nm, "the longest extent of such a shape");
  length("assist_to_main_nm", rules.assist_to_main_nm, "gap from such a shape to others");
  length("assist_to_assist_nm", rules.assist_to_assist_nm, "gap between such shapes");
}

}  // namespace reticle
