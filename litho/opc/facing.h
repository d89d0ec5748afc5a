// SPDX-License-Identifier: Apache-2.0
// Which drawn edges lie near each other: by place, and straight ahead of a site.
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "litho/opc/fragments.h"

namespace reticle {

// Fragments by the squares of a lattice that their boxes touch.
class FragmentBins {
 public:
  FragmentBins(std::span<const Fragment> fragments, double side_nm);
  // Those whose squares a box touches, ascending, each once.
  std::vector<int> near(const Box& box) const;

 private:
  double side_;
  std::map<std::pair<int, int>, std::vector<int>> bins_;  // [y, x]
};

// How far it is from a site to the next drawn edge, along the normal (space) and against it (width);
// at most `reach_nm`.
struct SiteRoom {
  double space_nm = 0.0;
  double width_nm = 0.0;
};
std::vector<SiteRoom> site_rooms(const FragmentedDesign& design, double reach_nm);

}  // namespace reticle
