// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/rule_repair.h"

#include <algorithm>
#include <cmath>

#include "litho/opc/facing.h"

namespace reticle {

namespace {

constexpr int k_most_rounds = 40;

double distance(Point a, Point b, Point p) {
  const double ex = b.x - a.x, ey = b.y - a.y, squared = ex * ex + ey * ey;
  const double t = squared > 0.0 ? std::clamp(((p.x - a.x) * ex + (p.y - a.y) * ey) / squared, 0.0, 1.0) : 0.0;
  return std::hypot(a.x + t * ex - p.x, a.y + t * ey - p.y);
}

// Violations, and beside each the fragments near it.
struct Finder {
  Finder(const EdgeCorrection& mask, const Box& checked, double grid_nm)
      : correction(mask), box(checked), grid(grid_nm), bins(mask.design.fragments, 200.0), ends(mask.design.fragments) {
    for (const double d : correction.displacements) most = std::max(most, std::abs(d));
  }

  template <class Visit>
  void each(const MaskRuleSet& rules, const Visit& visit) const {
    const std::vector<double>& d = correction.displacements;
    const double pixel = std::max(rule_pixel_nm(rules), 0.25 * grid);
    for (const RuleViolation& violation : check_mask(correction.rings, box, rules, pixel)) {
      const Point p = violation.place;
      const double near = violation.limit + grid, reach = near + most;
      std::vector<std::size_t> at;
      const bool is_length = violation.rule == MaskRule::width || violation.rule == MaskRule::space;
      if (is_length)
        for (const int k : bins.near({p.x - reach, p.y - reach, p.x + reach, p.y + reach})) {
          const std::size_t i = static_cast<std::size_t>(k);
          if (distance(ends.a(i).at(d), ends.b(i).at(d), p) <= near) at.push_back(i);
        }
      visit(violation, at);
    }
  }

  const EdgeCorrection& correction;
  Box box;
  double grid, most = 0.0;
  FragmentBins bins;
  MovedEnds ends;
};

}  // namespace

std::vector<RuleViolation> broken_rules(const EdgeCorrection& correction, const MaskRuleSet& rules, const Box& box,
                                        double grid_nm) {
  MaskRuleSet kept = rules;
  kept.convex_radius_nm = kept.concave_radius_nm = 0.0;
  std::vector<RuleViolation> found;
  if (rule_lines(kept).empty()) return found;
  Finder(correction, box, grid_nm).each(kept, [&](const RuleViolation& violation, const std::vector<std::size_t>&) {
    found.push_back(violation);
  });
  return found;
}

void give_way(EdgeCorrection& correction, const MaskRuleSet& rules, const Box& box, double grid_nm, const FragmentOrbits& orbits) {
  MaskRuleSet kept = rules;  // on the pixels of broken_rules(), whose lattice depends on areas, though edges mend none
  kept.convex_radius_nm = kept.concave_radius_nm = 0.0;
  if (std::max(rules.minimum_width_nm, rules.minimum_space_nm) <= 0.0) return;
  const std::size_t outlines = correction.design.rings.size();
  const std::vector<Fragment>& fragments = correction.design.fragments;
  const Finder finder(correction, box, grid_nm);
  for (int round = 0; round < k_most_rounds; ++round) {
    std::vector<bool> back(correction.displacements.size());
    bool any = false;
    finder.each(kept, [&](const RuleViolation&, const std::vector<std::size_t>& at) {
      for (const std::size_t i : at)
        if (std::abs(correction.displacements[i]) > 0.5 * grid_nm && fragments[i].movable) back[i] = any = true;
    });
    if (!any) return;
    orbits.join(back);
    for (std::size_t i = 0; i < back.size(); ++i)
      if (back[i]) correction.displacements[i] -= std::copysign(grid_nm, correction.displacements[i]);
    std::vector<Polygon> rings = moved_rings(correction.design, correction.displacements);
    rings.insert(rings.end(), correction.rings.begin() + static_cast<std::ptrdiff_t>(outlines), correction.rings.end());
    correction.rings = std::move(rings);
  }
}

}  // namespace reticle
