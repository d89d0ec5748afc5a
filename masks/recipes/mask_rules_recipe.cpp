// The table [mask_rules] of recipes: MaskRuleSet.
#include <string>

#include "masks/recipes/recipes.h"

namespace reticle {

void describe(RecipeKeys& keys, MaskRuleSet& rules) {
  keys.choice("scale", rules.scale, {{"wafer", RuleScale::wafer}, {"mask", RuleScale::mask}},
              "of the lengths and areas below");
  keys.number("reduction", rules.reduction, {1.0, 100.0}, "a mask is so many times larger");
  const double times = rules.scale == RuleScale::mask ? rules.reduction : 1.0;
  const auto scaled = [&](const char* key, double& value, double factor, double most, const char* doc) {
    double stated = value * factor;
    keys.number(key, stated, {0.0, most * factor}, doc);
    value = stated / factor;
  };
  const auto length = [&](const char* key, double& nm, const char* doc) {
    scaled(key, nm, times, 1e4, doc);
  };
  const auto area = [&](const char* key, double& nm2, const char* doc) {
    scaled(key, nm2, times * times, 1e8, doc);
  };
  length("minimum_width_nm", rules.minimum_width_nm, "of shapes, by a disc inside them; 0: no such rule, as for all");
  length("minimum_space_nm", rules.minimum_space_nm, "of the clear between and within shapes");
  area("minimum_area_nm2", rules.minimum_area_nm2, "of a shape");
  area("minimum_hole_area_nm2", rules.minimum_hole_area_nm2, "of the clear that a shape encloses");
  length("convex_radius_nm", rules.convex_radius_nm, "of curvature; at most half the width");
  length("concave_radius_nm", rules.concave_radius_nm, "of curvature; at most half the space");
  length("assist_width_nm", rules.assist_width_nm, "of shapes that touch nothing drawn");
  length("assist_length_nm", rules.assist_length_nm, "the longest extent of such a shape");
  length("assist_to_main_nm", rules.assist_to_main_nm, "gap from such a shape to others");
  length("assist_to_assist_nm", rules.assist_to_assist_nm, "gap between such shapes");
}

}  // namespace reticle
