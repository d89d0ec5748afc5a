// SPDX-License-Identifier: Apache-2.0
// An OASIS file's properties: read over, counted, and said to be lost where they are not about the file itself.
// Private to the reader.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "masks/layout/oasis_names.h"

namespace reticle::layout {

class OasisProperties {
 public:
  OasisTable names;

  // A PROPERTY record, and one that repeats the last; `cell` says where.
  void read(OasisStream& stream, const std::string& cell);
  void repeat(const OasisStream& stream, const std::string& cell);
  // Once all names are known.
  void lose(std::vector<Warning>& not_kept) const;

 private:
  std::string name_;
  std::optional<std::uint64_t> number_;
  std::map<std::string, Warning> named_;
  std::map<std::uint64_t, Warning> numbered_;
};

}  // namespace reticle::layout
