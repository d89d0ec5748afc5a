// SPDX-License-Identifier: Apache-2.0
// What the process tells the shell.
#pragma once

#include "kernels/base/error.h"

namespace reticle::tools {

enum ExitCode : int {
  k_ok = 0,
  k_quality_gate_missed = 1,
  k_usage = 2,
  k_bad_input = 3,  // a file, a recipe, or a place the operating system refuses to read or write
  k_internal = 4,
  k_interrupted = 130,  // 128 + SIGINT, as shells have it
};

inline ExitCode exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return k_usage;
    case ErrorCode::bad_input:
    case ErrorCode::unsupported:
    case ErrorCode::io:
      return k_bad_input;
    case ErrorCode::out_of_memory:
    case ErrorCode::device_failure:
      return k_internal;
  }
  return k_internal;
}

}  // namespace reticle::tools
