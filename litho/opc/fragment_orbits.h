// SPDX-License-Identifier: Apache-2.0
// Fragments that mirrors and turns of the field bring to one another: a mask is symmetric where those of an orbit move alike.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "litho/ilt/symmetry.h"
#include "litho/opc/fragments.h"

namespace reticle {

class FragmentOrbits {
 public:
  FragmentOrbits() = default;  // each fragment alone
  // A map that does not bring every fragment to another one is left out. Places are compared to a thousandth of a nm.
  FragmentOrbits(const FragmentedDesign& design, const Box& field, std::span<const FieldMap> maps);

  // Each displacement becomes the mean of its orbit's.
  void average(std::vector<double>& displacements) const;
  // What is set for one is set for all of its orbit.
  void join(std::vector<bool>& flags) const;
  // The same of rings that fragments belong to.
  void join_rings(const FragmentedDesign& design, std::vector<bool>& rings) const;

 private:
  std::vector<std::vector<std::size_t>> orbits_;  // of more than one
};

}  // namespace reticle
