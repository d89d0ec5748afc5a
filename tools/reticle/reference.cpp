// SPDX-License-Identifier: Apache-2.0
// reticle reference: manual pages, shell completion and the page of the command line.
#include "tools/reticle/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "kernels/base/version.h"
#include "masks/output_file.h"
#include "tools/reticle/commands.h"

namespace reticle::tools {
namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

// "TEXT:{auto,cpu,cuda}" -> auto, cpu, cuda.
std::vector<std::string> choices_in(const std::string& type) {
  const std::size_t open = type.find('{'), close = type.find('}', open);
  std::vector<std::string> choices;
  if (open == std::string::npos || close == std::string::npos) return choices;
  std::string text = type.substr(open + 1, close - open - 1);
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    choices.push_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  return choices;
}

OptionReference reference_of(const CLI::Option& option) {
  OptionReference result;
  result.operand = option.get_positional();
  if (result.operand) {
    result.names = {option.get_name(true)};
  } else {
    for (const std::string& name : option.get_snames()) result.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) result.names.push_back("--" + name);
  }
  if (option.get_type_size() != 0) result.value = option.get_type_name();
  result.choices = choices_in(result.value);
  result.description = option.get_description();
  result.group = option.get_group();
  result.default_value = option.get_default_str();
  result.required = option.get_required();
  result.takes_several = option.get_items_expected_max() > 1;
  return result;
}

CommandReference reference_of(const CLI::App& app) {
  CommandReference result{.name = app.get_name(), .description = app.get_description(), .footer = app.get_footer(), .options = {}};
  for (const CLI::Option* option : app.get_options())
    if (!option->get_group().empty()) result.options.push_back(reference_of(*option));
  std::stable_partition(result.options.begin(), result.options.end(), [](const OptionReference& o) { return o.operand; });
  return result;
}

std::string usage_of(const CommandReference& command) {
  std::string text = command.name == "reticle" ? "reticle COMMAND" : "reticle " + command.name;
  for (const OptionReference& option : command.options)
    if (!option.operand && option.required) text += fmt::format(" {} {}", option.names.back(), option.value);
  text += " [OPTIONS]";
  for (const OptionReference& option : command.options)
    if (option.operand) {
      const std::string name = option.names[0] + (option.takes_several ? "..." : "");
      text += option.required ? " " + name : " [" + name + "]";
    }
  return text;
}

struct ReferenceOptions {
  std::string format = "markdown";
  std::filesystem::path folder;
};

void write_text_file(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  OutputFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace

std::vector<CommandReference> references(const CLI::App& app) {
  std::vector<CommandReference> all = {reference_of(app)};
  for (const CLI::App* command : app.get_subcommands([](const CLI::App* a) { return !a->get_group().empty(); }))
    all.push_back(reference_of(*command));
  return all;
}

std::string manual_page(const CommandReference& command, const std::vector<CommandReference>& all) {
  const auto plain = [](const std::string& text) {  // nothing of ours is a request or an escape
    std::string result = replaced(replaced(text, "\\", "\\e"), "-", "\\-");
    if (!result.empty() && (result[0] == '.' || result[0] == '\'')) result.insert(0, "\\&");
    return replaced(replaced(result, "\n.", "\n\\&."), "\n'", "\n\\&'");
  };
  const bool program = command.name == "reticle";
  const std::string title = program ? "reticle" : "reticle-" + command.name;
  std::string text = fmt::format(".TH \"{}\" 1 \"\" \"Reticle {}\" \"Reticle\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.B {}\n", title,
                                 version(), plain(title), plain(command.description), plain(usage_of(command)));
  if (program) {
    text += ".SH COMMANDS\n";
    for (const CommandReference& other : all)
      if (other.name != "reticle")
        text += fmt::format(".TP\n.BR {} (1)\n{}\n", plain("reticle-" + other.name), plain(other.description));
  }
  std::string group;
  for (const OptionReference& option : command.options) {
    const std::string heading = option.operand ? "OPERANDS" : option.group;
    if (heading != group) text += fmt::format(".SH {}\n", plain(group = heading));
    text += fmt::format(".TP\n.B {} {}\n{}\n", plain(fmt::format("{}", fmt::join(option.names, ", "))), plain(option.value),
                        plain(option.description));
  }
  if (!command.footer.empty()) text += fmt::format(".SH NOTES\n.nf\n{}\n.fi\n", plain(command.footer));
  text += ".SH EXIT STATUS\n0 good, 1 a quality gate was missed, 2 usage, 3 bad input or a place that cannot be read or\n"
          "written, 4 internal error, 130 interrupted.\n";
  return text;
}

std::string markdown_page(const std::vector<CommandReference>& all) {
  const auto cell = [](const std::string& text) { return replaced(replaced(replaced(text, "|", "\\|"), "<", "&lt;"), "\n", " "); };
  std::string text = "# The command line\n\nWhat `reticle COMMAND --help` prints, in one page.\n";
  for (const CommandReference& command : all) {
    text += fmt::format("\n## {}{}\n\n{}\n\n```\n{}\n```\n", command.name == "reticle" ? "" : "reticle ", command.name,
                        cell(command.description), usage_of(command));
    std::string group;
    for (const OptionReference& option : command.options) {
      const std::string heading = option.operand ? "Operands" : option.group;
      if (heading != group) {
        group = heading;
        text += fmt::format("\n**{}**\n\n| name | value | meaning |\n|---|---|---|\n", cell(group));
      }
      text += fmt::format("| `{}`{} | {} | {}{} |\n", fmt::join(option.names, "`, `"), option.required ? " (required)" : "",
                          cell(option.value), cell(option.description),
                          option.default_value.empty() ? "" : fmt::format(" (default: {})", cell(option.default_value)));
    }
    if (!command.footer.empty()) text += fmt::format("\n```\n{}\n```\n", command.footer);
  }
  return text;
}

std::string bash_completion(const std::vector<CommandReference>& all) {
  std::string commands, values, options;
  for (const CommandReference& command : all) {
    std::string names;
    for (const OptionReference& option : command.options) {
      if (option.operand) {
        if (!option.choices.empty()) names += fmt::format("{} ", fmt::join(option.choices, " "));
        continue;
      }
      names += fmt::format("{} ", fmt::join(option.names, " "));
      if (!option.choices.empty())
        values += fmt::format("    '{} {}') words='{}' ;;\n", command.name, option.names.back(), fmt::join(option.choices, " "));
    }
    if (command.name == "reticle") {
      commands = names;
      continue;
    }
    commands += command.name + " ";
    options += fmt::format("      {}) words='{}' ;;\n", command.name, names);
  }
  return fmt::format(
      "# bash completion of reticle; made by `reticle reference bash`\n"
      "_reticle() {{\n"
      "  local current=\"${{COMP_WORDS[COMP_CWORD]}}\" words=\n"
      "  COMPREPLY=()\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    COMPREPLY=($(compgen -W '{}' -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case \"${{COMP_WORDS[1]}} ${{COMP_WORDS[COMP_CWORD - 1]}}\" in\n{}"
      "    *) case \"${{COMP_WORDS[1]}}\" in\n{}    esac ;;\n"
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "}}\n"
      "complete -o default -F _reticle reticle\n",
      commands, values, options);
}

std::string zsh_completion(const std::vector<CommandReference>& all) {
  const auto plain = [](std::string text) {
    for (const char* mark : {"[", "]", ":"}) text = replaced(text, mark, std::string("\\") + mark);
    return replaced(replaced(text, "'", "'\\''"), "\n", " ");
  };
  std::string commands, cases;
  for (const CommandReference& command : all) {
    if (command.name == "reticle") continue;
    commands += fmt::format("    '{}:{}'\n", command.name, plain(command.description));
    cases += fmt::format("    {}) _arguments", command.name);
    for (const OptionReference& option : command.options) {
      const std::string action = option.choices.empty() ? "_files" : fmt::format("({})", fmt::join(option.choices, " "));
      if (option.operand) {
        cases += fmt::format(" \\\n      '{}:{}:{}'", option.takes_several ? "*" : "", plain(option.names[0]), action);
        continue;
      }
      for (const std::string& name : option.names)
        cases += fmt::format(" \\\n      '{}[{}]{}'", name, plain(option.description),
                             option.value.empty() ? "" : fmt::format(":{}:{}", plain(option.value.substr(0, option.value.find(':'))), action));
    }
    cases += " ;;\n";
  }
  return fmt::format(
      "#compdef reticle\n# zsh completion of reticle; made by `reticle reference zsh`\n"
      "if ((CURRENT == 2)); then\n  local -a commands=(\n{}  )\n  _describe command commands\nelse\n"
      "  local command=$words[2]\n  shift words; ((CURRENT--))\n  case $command in\n{}  esac\nfi\n",
      commands, cases);
}

std::string fish_completion(const std::vector<CommandReference>& all) {
  const auto plain = [](const std::string& text) { return replaced(replaced(replaced(text, "\\", "\\\\"), "'", "\\'"), "\n", " "); };
  std::string text = "# fish completion of reticle; made by `reticle reference fish`\n";
  for (const CommandReference& command : all) {
    if (command.name == "reticle") continue;
    text += fmt::format("complete -c reticle -n __fish_use_subcommand -a {} -d '{}'\n", command.name, plain(command.description));
    for (const OptionReference& option : command.options) {
      if (option.operand && option.choices.empty()) continue;
      text += fmt::format("complete -c reticle -n '__fish_seen_subcommand_from {}'", command.name);
      for (const std::string& name : option.operand ? std::vector<std::string>{} : option.names)
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!option.choices.empty())
        text += fmt::format(" {} -a '{}'", option.operand ? "-f" : "-x", fmt::join(option.choices, " "));
      else if (!option.value.empty())
        text += " -r";
      text += fmt::format(" -d '{}'\n", plain(option.description));
    }
  }
  return text;
}

void add_reference_command(CLI::App& app) {
  auto options = std::make_shared<ReferenceOptions>();
  CLI::App* command = app.add_subcommand("reference", "This command line as a page, manual pages or shell completion");
  command->add_option("FORMAT", options->format, "what to write")
      ->check(CLI::IsMember({"markdown", "man", "bash", "zsh", "fish"}))
      ->capture_default_str();
  command->add_option("-o,--output", options->folder, "of 'man': folder for reticle.1 and a page for each command");
  command->footer(
      "Examples:\n"
      "  source <(reticle reference bash)\n"
      "  reticle reference fish > ~/.config/fish/completions/reticle.fish\n"
      "  reticle reference man -o share/man/man1");
  command->callback([options, &app] {
    const std::vector<CommandReference> all = references(app);
    if (options->format == "man") {
      if (options->folder.empty()) throw Error(ErrorCode::invalid_argument, "'reticle reference man' needs -o FOLDER");
      for (const CommandReference& one : all)
        write_text_file(options->folder / (one.name == "reticle" ? "reticle.1" : "reticle-" + one.name + ".1"), manual_page(one, all));
      return;
    }
    if (!options->folder.empty()) throw Error(ErrorCode::invalid_argument, "-o belongs to 'reticle reference man'");
    fmt::print("{}", options->format == "bash"   ? bash_completion(all)
                     : options->format == "zsh"  ? zsh_completion(all)
                     : options->format == "fish" ? fish_completion(all)
                                                 : markdown_page(all));
  });
}

}  // namespace reticle::tools
