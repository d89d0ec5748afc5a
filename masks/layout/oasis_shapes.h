// SPDX-License-Identifier: Apache-2.0
// Point lists, repetitions and the shapes OASIS has names for. [SEMI P39-0416, sections 7.6 to 7.7
// and 22 to 33]
#pragma once

#include <cstdint>
#include <vector>

#include "masks/layout/cell_library.h"
#include "masks/layout/oasis_stream.h"

namespace reticle::layout {

// Where copies stand, relative to the first: a lattice, or, if there are any, the given offsets.
struct Repetition {
  std::uint64_t columns = 1, rows = 1;
  Delta column, row;
  std::vector<Delta> offsets;

  std::uint64_t count() const { return offsets.empty() ? columns * rows : offsets.size(); }
};

enum class Outline { closed, open };

// Points relative to the first, which is (0, 0).
std::vector<Delta> read_point_list(OasisStream& stream, Outline outline);
// Type 0, "the last one", returns `last`.
Repetition read_repetition(OasisStream& stream, const Repetition& last);

struct Trapezoid {
  std::int64_t width = 0, height = 0;
  std::int64_t delta_a = 0, delta_b = 0;
  bool vertical = false;
};
std::vector<Delta> outline_of(const Trapezoid& trapezoid);
// Throws through stream.fail() if the type is not 0 to 25 or a corner would leave the box.
std::vector<Delta> compact_trapezoid(const OasisStream& stream, std::uint64_t type,
                                     std::int64_t width, std::int64_t height);
std::vector<Delta> circle(std::int64_t radius);

}  // namespace reticle::layout
