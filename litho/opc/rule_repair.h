// SPDX-License-Identifier: Apache-2.0
// The last step before a mask is written: edges give way where the mask breaks a rule.
#pragma once

#include <vector>

#include "litho/opc/fragment_orbits.h"
#include "litho/opc/opc.h"
#include "litho/rules/rule_check.h"

namespace reticle {

// What the mask breaks of the rules of width, space and areas within the box (litho/rules/rule_check.h). Edges keep no
// radii of curvature: those are not checked.
std::vector<RuleViolation> broken_rules(const EdgeCorrection& correction, const MaskRuleSet& rules, const Box& box,
                                        double grid_nm);

// Checks width and space within the box and moves the edges at each violation a step
// of the grid back towards the drawing, and all of their orbits, until none is left or none gives way, or for some rounds.
void give_way(EdgeCorrection& correction, const MaskRuleSet& rules, const Box& box, double grid_nm, const FragmentOrbits& orbits = {});

}  // namespace reticle
