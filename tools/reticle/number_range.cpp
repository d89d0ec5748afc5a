// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/number_range.h"

#include <fmt/format.h>

#include <cmath>

namespace reticle::tools {
namespace {

CLI::Validator within(const std::string& kind, double low, double high, double largest) {
  const std::string range = high == largest ? fmt::format("{:g} or more", low)
                                            : fmt::format("from {:g} to {:g}", low, high);
  const bool whole = kind != "number";
  const auto problem = [=](std::string& typed) -> std::string {
    double value = 0.0;
    if (CLI::detail::lexical_cast(typed, value) && value >= low && value <= high &&
        (!whole || value == std::floor(value)))
      return {};
    return fmt::format("'{}' is not a {} {}", typed, kind, range);
  };
  return {problem, range};
}

}  // namespace

CLI::Validator number_within(double low, double high) {
  return within("number", low, high, std::numeric_limits<double>::max());
}

CLI::Validator whole_number_within(int low, int high) {
  return within("whole number", low, high, std::numeric_limits<int>::max());
}

}  // namespace reticle::tools
