// SPDX-License-Identifier: Apache-2.0
#include "litho/rules/mask_rule_set.h"

#include <gtest/gtest.h>

#include "kernels/base/error.h"

namespace reticle {
namespace {

TEST(MaskRuleSet, IsPrintedAtBothScales) {
  const auto lines = rule_lines({.reduction = 4.0, .minimum_width_nm = 20.0, .minimum_space_nm = 0.0,
                                 .minimum_area_nm2 = 400.0, .minimum_hole_area_nm2 = 0.0});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].name, "minimum width");
  EXPECT_EQ(lines[0].wafer, 20.0);
  EXPECT_EQ(lines[0].mask, 80.0);
  EXPECT_EQ(lines[1].unit, "nm2");
  EXPECT_EQ(lines[1].mask, 6400.0);
}

TEST(MaskRuleSet, RefusesARadiusThatNoLineOfMinimumWidthHas) {
  EXPECT_NO_THROW(check(MaskRuleSet{.convex_radius_nm = 10.0}));
  EXPECT_THROW(check(MaskRuleSet{.convex_radius_nm = 11.0}), Error);
  EXPECT_THROW(check(MaskRuleSet{.concave_radius_nm = 11.0}), Error);
  EXPECT_THROW(check(MaskRuleSet{.minimum_width_nm = -1.0}), Error);
}

}  // namespace
}  // namespace reticle
