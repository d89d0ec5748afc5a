// SPDX-License-Identifier: Apache-2.0
// reticle: the command line of the library. Only here are errors printed and exit codes picked.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <new>
#include <string>
#include <system_error>

#include "masks/warnings.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/exit_code.h"
#include "tools/reticle/usage.h"

namespace {

using namespace reticle;
using namespace reticle::tools;

void log_to_stderr() {
  auto logger = spdlog::stderr_color_mt("reticle");
  logger->set_pattern("%n: %^%l%$: %v");
  spdlog::set_default_logger(std::move(logger));
}

// Each kind once: what readers went on with.
void print_warnings() {
  for (const Warning& warning : warning_log().take()) spdlog::warn("{}", to_string(warning));
}

// Runs the subcommand chosen; it reports what a good run means by its exit code.
int run(int argc, char** argv) {
  CLI::App app("Computational lithography: aerial images, inverse lithography, mask metrics.",
               "reticle");
  app.set_version_flag("--version", version_text, "release, commit and engine");
  app.require_subcommand(1);
  app.footer("'reticle COMMAND --help' shows options and examples of a command.");

  ExitCode result = k_ok;
  add_correct_command(app, result);
  add_simulate_command(app);
  add_evaluate_command(app, result);
  add_info_command(app);
  add_model_command(app);
  add_window_command(app);
  add_verify_command(app, result);
  add_view_command(app);
  add_calibrate_command(app);
  add_convert_command(app);
  add_recipe_command(app);
  add_reference_command(app);

  for (CLI::App* command : app.get_subcommands({}))
    command->add_flag_callback(
        "--strict", [] { warning_log().refuse_imperfect(); },
        "refuse files that are imperfect instead of warning");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return static_cast<ExitCode>(app.exit(error));
    spdlog::error("{}", usage_problem(app, error, {argv + 1, argv + argc}));
    return k_usage;
  }
  return result;
}

// What was printed has to arrive, as on a full disk or a closed pipe.
void require_printed() {
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (!flushed || !std::cout.flush())
    throw Error(ErrorCode::io, std::string("standard output cannot be written") +
                                   (errno != 0 ? std::string(": ") + std::strerror(errno) : ""));
}

ExitCode failed(ExitCode code, const std::string& problem) {
  print_warnings();  // they may tell why
  spdlog::error("{}", problem);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  log_to_stderr();
  try {
    const int code = run(argc, argv);
    require_printed();
    print_warnings();
    return code;
  } catch (const Error& error) {
    return failed(exit_code(error.code()), error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    return failed(k_bad_input, error.path1().string() + ": " + error.code().message());
  } catch (const std::system_error& error) {
    return failed(k_bad_input, error.what());
  } catch (const std::bad_alloc&) {
    return failed(k_internal, "out of memory; use fewer threads or a coarser pixel");
  } catch (const std::exception& error) {
    return failed(k_internal, std::string("internal error: ") + error.what() +
                                  "; please report it with the command line");
  }
}
