// SPDX-License-Identifier: Apache-2.0
// What `reticle info` says of a file: names and values, for people or as JSON.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reticle::tools {

class InfoRows {
 public:
  // Left out if the value is empty; of several lines, it stands below its name.
  void row(std::string_view name, std::string value);

  std::string table() const;
  // An object; the values of a name that comes several times are a list.
  std::string json() const;

 private:
  std::vector<std::pair<std::string, std::string>> rows_;
};

}  // namespace reticle::tools
