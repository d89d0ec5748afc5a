// SPDX-License-Identifier: Apache-2.0
// The command line described by itself: manual pages, completion for shells, a page for the documentation.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace reticle::tools {

// Of one option or operand, as the parser knows it.
struct OptionReference {
  std::vector<std::string> names;  // "-o", "--output"; an operand's one name
  std::string value;               // "FILE", "INT:0 or more"; empty for a flag
  std::vector<std::string> choices;
  std::string description, group, default_value;
  bool operand = false, required = false, takes_several = false;
};

struct CommandReference {
  std::string name, description, footer;
  std::vector<OptionReference> options;
};

// The program itself first, then its commands.
std::vector<CommandReference> references(const CLI::App& app);

std::string manual_page(const CommandReference& command, const std::vector<CommandReference>& all);  // troff, section 1
std::string markdown_page(const std::vector<CommandReference>& all);
std::string bash_completion(const std::vector<CommandReference>& all);
std::string zsh_completion(const std::vector<CommandReference>& all);
std::string fish_completion(const std::vector<CommandReference>& all);

}  // namespace reticle::tools
