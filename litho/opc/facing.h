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

// Where the ends of fragments come to lie: along the own edge's normal, and at a corner along that of the edge around it too.
class MovedEnds {
 public:
  explicit MovedEnds(std::span<const Fragment> fragments);
  const MovableCorner& a(std::size_t fragment) const { return ends_[2 * fragment]; }
  const MovableCorner& b(std::size_t fragment) const { return ends_[2 * fragment + 1]; }
  // Whether either end is a corner, so that the fragment grows or shrinks as the edge around it moves.
  bool changes_length(std::size_t fragment) const { return a(fragment).count > 1 || b(fragment).count > 1; }

 private:
  std::vector<MovableCorner> ends_;  // a and b of each
};

// How far it is from a site to the next drawn edge, along the normal (space) and against it (width);
// at most `reach_nm`.
struct SiteRoom {
  double space_nm = 0.0;
  double width_nm = 0.0;
};
std::vector<SiteRoom> site_rooms(const FragmentedDesign& design, double reach_nm);

}  // namespace reticle
