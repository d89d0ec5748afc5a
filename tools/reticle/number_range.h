// SPDX-License-Identifier: Apache-2.0
// The range of a numeric option: what is typed has to be a finite number of it. CLI11's own Range
// lets NaN through, as no comparison with it holds.
#pragma once

#include <CLI/CLI.hpp>
#include <limits>

namespace reticle::tools {

CLI::Validator number_within(double low, double high = std::numeric_limits<double>::max());
CLI::Validator whole_number_within(int low, int high = std::numeric_limits<int>::max());

}  // namespace reticle::tools
