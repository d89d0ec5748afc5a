// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/engine_options.h"

#include <spdlog/spdlog.h>

#include <cstdlib>

#include "masks/job/crew.h"
#include "tools/reticle/number_range.h"

namespace reticle::tools {

void add_engine_options(CLI::App& command, EngineOptions& options) {
  command.add_option("--engine", options.engine, "auto: the GPU engine where there is one, else the CPU's")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
      ->capture_default_str();
  command
      .add_option(
          "--gpus", options.gpus,
          "of the CUDA engine, comma-separated, as nvidia-smi counts them; all when not given")
      ->delimiter(',')
      ->check(whole_number_within(0));
}

EngineChoice chosen_engine(const EngineOptions& options) {
  EngineChoice choice = choose_engine({.kind = engine_kind(options.engine), .gpus = options.gpus});
  if (is_one_of_several() && options.gpus.empty() && choice.gpus.size() > 1) {
    for (const char* name : {"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"}) {
      const char* const rank = std::getenv(name);
      if (rank == nullptr) continue;
      const auto place = static_cast<std::size_t>(std::max(0, std::atoi(rank))) % choice.gpus.size();
      choice.gpus = {choice.gpus[place]};
      choice.description = make_engine(choice, 0)->description() + ", this process's share";
      break;
    }
  }
  spdlog::info("{}", choice.description);
  return choice;
}

std::string engine_kind_of(const EngineChoice& choice) { return choice.gpus.empty() ? "cpu" : "cuda"; }

}  // namespace reticle::tools
