// SPDX-License-Identifier: Apache-2.0
// An OASIS file's tables of names, and who goes by a number in them: a table may stand before or after its use.
// Private to the reader.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "masks/layout/cell_library.h"
#include "masks/layout/oasis_stream.h"
#include "masks/layout/placed_names.h"

namespace reticle::layout {

// Text by number; numbers are given, or count from 0.
class OasisTable {
 public:
  void add(std::string text) { texts_[next_++] = std::move(text); }
  void add(std::string text, std::uint64_t number) { texts_[number] = std::move(text); }
  const std::string* find(std::uint64_t number) const;

 private:
  std::map<std::uint64_t, std::string> texts_;
  std::uint64_t next_ = 0;
};

struct OasisNames {
  OasisTable cells, texts;

  PlacedNames placed;
  // The number among those that are placed, of a cell that goes by a number in the file.
  std::size_t placed_by(std::uint64_t number);

  // A cell, or a label of one, whose name a table gives.
  struct Numbered {
    std::size_t cell, index;
    std::uint64_t number;
  };
  std::vector<Numbered> numbered_cells, numbered_labels;
  // Cells made for arrays of shapes, and their numbers among those that are placed.
  struct Child {
    std::size_t parent, placed, child;
  };
  std::vector<Child> children;

  // Names all of them; fails at the stream's place where a number has no name.
  void give(Library& library, const OasisStream& stream);

 private:
  std::map<std::uint64_t, std::size_t> numbered_placed_;
};

}  // namespace reticle::layout
