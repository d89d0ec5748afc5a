// SPDX-License-Identifier: Apache-2.0
// The subcommands of reticle, one source file each. Every function adds its command with options,
// help and what to run; `result` receives the exit code where a good run may end in more than one.
#pragma once

#include <CLI/CLI.hpp>

#include "tools/reticle/exit_code.h"

namespace reticle::tools {

void add_correct_command(CLI::App& app, ExitCode& result);
void add_simulate_command(CLI::App& app);
void add_evaluate_command(CLI::App& app, ExitCode& result);
void add_info_command(CLI::App& app);
void add_model_command(CLI::App& app);
void add_window_command(CLI::App& app);
void add_verify_command(CLI::App& app, ExitCode& result);
void add_view_command(CLI::App& app);
void add_calibrate_command(CLI::App& app);
void add_convert_command(CLI::App& app);
void add_recipe_command(CLI::App& app);
void add_reference_command(CLI::App& app);  // last: it describes the others

}  // namespace reticle::tools
