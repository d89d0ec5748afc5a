// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/oasis_properties.h"

#include <set>

namespace reticle::layout {

namespace {

// What is about the file itself is written anew, or not, as its own contents need it [section A2-1].
bool is_about_the_file(const std::string& name) {
  static const std::set<std::string> standard = {
      "S_MAX_SIGNED_INTEGER_WIDTH", "S_MAX_UNSIGNED_INTEGER_WIDTH", "S_MAX_STRING_LENGTH", "S_POLYGON_MAX_VERTICES",
      "S_PATH_MAX_VERTICES", "S_TOP_CELL", "S_BOUNDING_BOXES_AVAILABLE", "S_BOUNDING_BOX", "S_CELL_OFFSET"};
  return standard.contains(name);
}

}  // namespace

void OasisProperties::read(OasisStream& stream, const std::string& cell) {
  const std::uint8_t info = stream.byte();
  if (info & 4) {
    number_.reset();
    if (info & 2)
      number_ = stream.unsigned_integer();
    else
      name_ = stream.text();
  }
  repeat(stream, cell);
  if (info & 8) return;
  std::uint64_t values = info >> 4;
  if (values == 15) values = stream.unsigned_integer();
  for (std::uint64_t i = 0; i < values; ++i) {
    const std::uint64_t type = stream.unsigned_integer(15, "the type of a property value");
    if (type < 8)
      stream.real(type);
    else if (type == 10 || type == 11 || type == 12)
      stream.skip_text();
    else
      stream.unsigned_integer();
  }
}

// Names may be given after the last use of their numbers.
void OasisProperties::repeat(const OasisStream& stream, const std::string& cell) {
  const Warning lost = stream.warning("properties are not kept", cell);
  const auto counted = [&](auto& notes, const auto& key) {
    const auto [note, is_new] = notes.try_emplace(key, lost);
    if (!is_new) ++note->second.count;
  };
  number_ ? counted(numbered_, *number_) : counted(named_, name_);
}

void OasisProperties::lose(std::vector<Warning>& not_kept) const {
  for (const auto& [name, lost] : named_)
    if (!is_about_the_file(name)) count(not_kept, lost);
  for (const auto& [number, lost] : numbered_)
    if (const std::string* name = names.find(number); name == nullptr || !is_about_the_file(*name)) count(not_kept, lost);
}

}  // namespace reticle::layout
