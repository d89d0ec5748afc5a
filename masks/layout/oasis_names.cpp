// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/oasis_names.h"

#include <set>

namespace reticle::layout {

namespace {

const std::string& name_of(std::uint64_t number, const OasisTable& names, const char* what, const OasisStream& stream) {
  const std::string* found = names.find(number);
  if (found == nullptr)
    stream.fail(std::string(what) + " is known by number " + std::to_string(number) + ", which the file gives no name");
  return *found;
}

}  // namespace

const std::string* OasisTable::find(std::uint64_t number) const {
  const auto found = texts_.find(number);
  return found == texts_.end() ? nullptr : &found->second;
}

std::size_t OasisNames::placed_by(std::uint64_t number) {
  const auto known = numbered_placed_.find(number);
  return known != numbered_placed_.end() ? known->second : numbered_placed_.emplace(number, placed.number()).first->second;
}

void OasisNames::give(Library& library, const OasisStream& stream) {
  for (const Numbered& c : numbered_cells) library.cells[c.cell].name = name_of(c.number, cells, "a cell", stream);
  for (const auto& [number, target] : numbered_placed_) placed.names[target] = name_of(number, cells, "a cell", stream);
  for (const Numbered& l : numbered_labels)
    library.cells[l.cell].labels[l.index].text = name_of(l.number, texts, "a text", stream);
  std::set<std::string> taken;
  if (!children.empty())
    for (const Cell& cell : library.cells) taken.insert(cell.name);
  std::map<std::size_t, int> arrays;
  for (const Child& c : children) {
    // The next number that no cell's name has.
    std::string name;
    do {
      name = library.cells[c.parent].name + "$array" + std::to_string(++arrays[c.parent]);
    } while (!taken.insert(name).second);
    library.cells[c.child].name = name;
    placed.names[c.placed] = name;
  }
  library.placed = std::move(placed.names);
}

}  // namespace reticle::layout
