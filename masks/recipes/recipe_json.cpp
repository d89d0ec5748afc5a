// SPDX-License-Identifier: Apache-2.0
// A recipe's values as JSON.
#include <toml++/toml.h>

#include <sstream>

#include "masks/recipes/recipes.h"

namespace reticle {

std::string recipe_json(const std::string& text) {
  std::ostringstream json;
  json << toml::json_formatter{toml::parse(text)} << '\n';
  return json.str();
}

}  // namespace reticle
