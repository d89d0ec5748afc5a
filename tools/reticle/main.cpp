// reticle: the command line of the library. Only here are errors printed and exit codes picked.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <filesystem>
#include <new>

#include "tools/reticle/commands.h"
#include "tools/reticle/exit_code.h"

namespace {

using namespace reticle;
using namespace reticle::tools;

void log_to_stderr() {
  auto logger = spdlog::stderr_color_mt("reticle");
  logger->set_pattern("%n: %^%l%$: %v");
  spdlog::set_default_logger(std::move(logger));
}

// Runs the subcommand chosen; it reports what a good run means by its exit code.
int run(int argc, char** argv) {
  CLI::App app("Computational lithography: aerial images, inverse lithography, mask metrics.",
               "reticle");
  app.set_version_flag("--version", "reticle " RETICLE_VERSION);
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

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? k_ok : k_usage;
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  log_to_stderr();
  try {
    return run(argc, argv);
  } catch (const Error& error) {
    spdlog::error("{}", error.what());
    return exit_code(error.code());
  } catch (const std::filesystem::filesystem_error& error) {
    spdlog::error("{}: {}", error.path1().string(), error.code().message());
    return k_bad_input;
  } catch (const std::bad_alloc&) {
    spdlog::error("out of memory; use fewer threads or a coarser pixel");
    return k_internal;
  } catch (const std::exception& error) {
    spdlog::error("internal error: {}; please report it with the command line", error.what());
    return k_internal;
  }
}
