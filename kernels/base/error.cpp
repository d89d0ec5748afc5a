// SPDX-License-Identifier: Apache-2.0
#include "kernels/base/error.h"

namespace reticle {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid argument";
    case ErrorCode::bad_input: return "bad input";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::out_of_memory: return "out of memory";
    case ErrorCode::device_failure: return "device failure";
    case ErrorCode::io: return "I/O error";
  }
  return "unknown error";
}

}  // namespace reticle
