// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/usage.h"

#include <fmt/format.h>

#include <cctype>

#include "kernels/base/nearest.h"
#include "kernels/base/version.h"
#include "kernels/engine/engine_choice.h"

namespace reticle::tools {

extern const char* const k_commit;  // of the sources, written by write_commit.cmake

namespace {

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

// "--like" and "-l" of each.
std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// "" if each option exists. Numbers may begin with a minus.
std::string unknown_option(const std::vector<std::string>& known, const std::vector<std::string>& arguments,
                           std::size_t from) {
  for (std::size_t i = from; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string name = arguments[i].substr(0, arguments[i].find('='));
    if (name.size() < 2 || name[0] != '-' || (name[1] != '-' && !std::isalpha(static_cast<unsigned char>(name[1]))))
      continue;
    const bool joined = name[1] != '-' && holds(known, name.substr(0, 2));  // -oFILE
    if (!joined && !holds(known, name)) return name;
  }
  return "";
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::string usage_problem(const CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& arguments) {
  const std::vector<std::string> commands = command_names(app);
  if (arguments.empty())
    return fmt::format("which command? One of {}; 'reticle --help' tells what each does", fmt::join(commands, ", "));
  const std::string& first = arguments[0];
  if (first[0] == '-') {
    const std::string name = unknown_option(option_names(app), arguments, 0);
    if (!name.empty())
      return fmt::format("options follow a command, and {} is none of 'reticle' itself; 'reticle --help' shows both", name);
    return fmt::format("{}; see 'reticle --help'", first_line(error.what()));
  }
  if (!holds(commands, first))
    return fmt::format("'{}' is not a command; did you mean '{}'? 'reticle --help' lists all", first,
                       nearest_name(first, commands));
  const std::vector<std::string> known = option_names(*app.get_subcommand(first));
  const std::string option = unknown_option(known, arguments, 1);
  if (!option.empty())
    return fmt::format("'reticle {}' has no option {}; did you mean {}?", first, option, nearest_name(option, known));
  return fmt::format("{}; see 'reticle {} --help'", first_line(error.what()), first);
}

std::string version_text() {
  const std::string commit = k_commit;
  return fmt::format("reticle {}{}\n{}", version(), commit.empty() ? "" : " (commit " + commit + ")",
                     choose_engine({}).description);
}

}  // namespace reticle::tools
