// SPDX-License-Identifier: Apache-2.0
// The last step before a mask is written: edges give way where the mask breaks a rule.
#pragma once

#include "litho/opc/opc.h"
#include "litho/rules/mask_rule_set.h"

namespace reticle {

// Checks width and space (litho/rules/rule_check.h) within the box and moves the edges at each violation a step
// of the grid back towards the drawing, until none is left or none gives way. Steps
// within one edge, where nothing faces, count as no width. Returns the violations left, which are the drawing's
// own; -1 where edges still gave way after the last round.
int give_way(EdgeCorrection& correction, const MaskRuleSet& rules, const Box& box, double grid_nm);

}  // namespace reticle
