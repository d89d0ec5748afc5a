// SPDX-License-Identifier: Apache-2.0
// What is said of a command line that cannot be understood, and which program this is.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace reticle::tools {

// One line for people: an unknown command or option first, with the nearest that exists, else what the parser
// says; and where help is. `arguments` are those after the program's name.
std::string usage_problem(const CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& arguments);

// Release, commit and the engine that would run.
std::string version_text();

}  // namespace reticle::tools
