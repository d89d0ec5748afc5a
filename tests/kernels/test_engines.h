// SPDX-License-Identifier: Apache-2.0
// The engines that tests of whole stages run on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernels/engine/engine.h"

namespace reticle {

enum class TestEngine {
  cpu,
  emulated,  // the CUDA engine's launches, run on the host
  gpu,
};

inline const std::vector<TestEngine> k_test_engines = {TestEngine::cpu, TestEngine::emulated, TestEngine::gpu};

std::string name_of(TestEngine engine);

// nullptr, and the reason, where there is no GPU.
std::unique_ptr<Engine> make_test_engine(TestEngine engine, std::string& reason);

}  // namespace reticle
