// SPDX-License-Identifier: Apache-2.0
// Which engines run, and why: the CPU engine, or the CUDA engine from a plugin found at run time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/engine/engine.h"

namespace reticle {

enum class EngineKind {
  automatic,  // CUDA where its plugin and a device are there, else the CPU
  cpu,
  cuda,
};

struct EngineRequest {
  EngineKind kind = EngineKind::automatic;
  std::vector<int> gpus;  // as the driver counts them; empty: all. Naming any asks for CUDA.
};

// "auto", "cpu" or "cuda". Throws Error(invalid_argument) for other words.
EngineKind engine_kind(std::string_view word);

struct EngineChoice {
  std::vector<int> gpus;    // an engine each; empty: engines on the host's cores
  std::string description;  // one line for people: which engine, and why
};

// The plugin libreticle_cuda.so is looked for in the directories of RETICLE_ENGINE_PATH (separated by
// colons), next to the program and to the library that holds this code, and in lib/reticle of their
// directories and four parents of each.
// Throws Error(device_failure), saying what is missing, if CUDA is asked for and cannot be had, and
// Error(invalid_argument) for a GPU that is not there or named twice.
EngineChoice choose_engine(const EngineRequest& request);

// Workers that keep a GPU busy: what one does on the host, another hides.
inline constexpr int k_workers_per_gpu = 2;

// The engine of worker number `worker`; workers take the GPUs in turn. Throws Error(device_failure) if its
// GPU fails.
std::unique_ptr<Engine> make_engine(const EngineChoice& choice, int worker);

}  // namespace reticle
