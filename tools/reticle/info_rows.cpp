// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/info_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "masks/reports/json_text.h"

namespace reticle::tools {

void InfoRows::row(std::string_view name, std::string value) {
  if (!value.empty()) rows_.emplace_back(name, std::move(value));
}

std::string InfoRows::table() const {
  std::string shown;
  for (const auto& [name, value] : rows_) {
    if (value.find('\n') == std::string::npos) {
      shown += fmt::format("{:<18} {}\n", name, value);
      continue;
    }
    shown += name + ":\n";
    for (std::size_t at = 0; at < value.size();) {
      const std::size_t end = std::min(value.find('\n', at), value.size());
      shown += fmt::format("  {}\n", value.substr(at, end - at));
      at = end + 1;
    }
  }
  return shown;
}

std::string InfoRows::json() const {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const auto& [indented, value] : rows_) {
    const std::string name = indented.substr(std::min(indented.find_first_not_of(' '), indented.size()));
    nlohmann::ordered_json& place = object[name];
    if (place.is_null()) {
      place = value;
    } else {
      if (!place.is_array()) place = nlohmann::ordered_json::array({place});
      place.push_back(value);
    }
  }
  return text_of(object, 2) + "\n";
}

}  // namespace reticle::tools
