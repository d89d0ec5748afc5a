// SPDX-License-Identifier: Apache-2.0
// The words of a benchmark program that is not Google Benchmark's: --name VALUE, --flag, and others; read by getopt_long(3),
// which costs a compiler nothing.
#pragma once

#include <getopt.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace reticle::bench {

struct Option {
  const char* name;
  std::function<void(const std::string&)> take;
  bool takes_value = true;
};

// The words that belong to no option. Throws std::invalid_argument with the usage where an option is unknown or lacks its
// value, which getopt_long names on standard error.
inline std::vector<std::string> read_options(int argc, char** argv, const std::string& usage, const std::vector<Option>& options) {
  std::vector<option> known;
  for (std::size_t i = 0; i < options.size(); ++i)
    known.push_back({options[i].name, options[i].takes_value ? required_argument : no_argument, nullptr, static_cast<int>(i)});
  known.push_back({});
  for (int found; (found = getopt_long(argc, argv, "", known.data(), nullptr)) != -1;) {
    if (found == '?') throw std::invalid_argument(usage);
    options[static_cast<std::size_t>(found)].take(optarg != nullptr ? optarg : "");
  }
  return {argv + optind, argv + argc};
}

}  // namespace reticle::bench
