// SPDX-License-Identifier: Apache-2.0
// --engine and --gpus.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "kernels/engine/engine_choice.h"

namespace reticle::tools {

struct EngineOptions {
  std::string engine = "auto";
  std::vector<int> gpus;
};

void add_engine_options(CLI::App& command, EngineOptions& options);

// Says in one line which engine runs and why. Of several processes on a machine each takes one GPU, unless
// GPUs are named. Throws as choose_engine().
EngineChoice chosen_engine(const EngineOptions& options);

// Goes into what decides a result: engines agree to rounding, not to the last bit.
std::string engine_kind_of(const EngineChoice& choice);

}  // namespace reticle::tools
