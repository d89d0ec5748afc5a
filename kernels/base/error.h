// SPDX-License-Identifier: Apache-2.0
// The one exception type of the library: a code for programs, a full sentence for people.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace reticle {

enum class ErrorCode {
  invalid_argument,  // the caller asked for something that makes no sense
  bad_input,         // a file or value from outside is wrong
  unsupported,       // right, but not something this build or model can do
  out_of_memory,
  device_failure,  // a GPU call failed or the device is not there
  io,              // the operating system refused to read or write
};

std::string_view to_string(ErrorCode code);

// Thrown at the edges. The message names the file or value, the place and the remedy.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace reticle
