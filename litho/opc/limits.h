// SPDX-License-Identifier: Apache-2.0
// How far edges may move: the largest move, and what width, space and jogs of the mask leave.
#pragma once

#include <span>
#include <vector>

#include "litho/opc/facing.h"
#include "litho/opc/fragments.h"

namespace reticle {

class MoveLimits {
 public:
  // Distances between facing fragments are looked up once. A drawing that breaks a rule itself is not
  // asked for more than it has.
  MoveLimits(const FragmentedDesign& design, const OpcSettings& settings);

  // Moves displacements to where all limits hold. Equal ones stay equal: mirrored designs keep their
  // symmetry. Fixed fragments stay.
  void hold(std::vector<double>& displacements) const;
  // The same with straight edges on the mask's grid; a curve's corners lie between its steps anyway.
  void hold_on_grid(std::vector<double>& displacements) const;
  // The same where neighbours on an edge whose moves differ by less than a step move alike, so that no jog is of rounding alone.
  void hold_joined(std::vector<double>& displacements) const;

 private:
  // Facing fragments: distance + sign (d_a + d_b) >= least.
  struct Pair {
    int a, b;
    double distance, sign, least;
  };
  // What is asked of fragments beside each other as drawn, at this distance: nothing, or as much as they have come to face.
  double least_beside(const Pair& pair, double distance, std::span<const double> displacements) const;
  void find_pairs(const FragmentedDesign& design, double rule_nm, double sign);
  void apply(std::vector<double>& displacements, bool on_grid) const;
  void join_neighbours(std::vector<double>& displacements) const;

  double most_;
  std::vector<Point> normals_;
  MovedEnds ends_;
  std::vector<double> length_;
  std::vector<bool> goes_on_;       // the edge, straight, from this fragment to the next
  std::vector<double> step_;        // of each displacement; 0: any
  std::vector<double> low_, high_;  // of each displacement
  std::vector<Pair> pairs_;
  std::vector<Pair> beside_;  // do not face as drawn; may as the edges around their corners move
};

}  // namespace reticle
