// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "kernels/base/version.h"
#include "tools/capi/handles.h"

namespace reticle::capi {

namespace {

thread_local std::string last_error;

}  // namespace

reticle_status fail(reticle_status status, const std::string& text) noexcept {
  try {
    last_error = text;
  } catch (...) {
    last_error.clear();
  }
  return status;
}

reticle_status status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return RETICLE_INVALID_ARGUMENT;
    case ErrorCode::bad_input: return RETICLE_BAD_INPUT;
    case ErrorCode::unsupported: return RETICLE_UNSUPPORTED;
    case ErrorCode::out_of_memory: return RETICLE_OUT_OF_MEMORY;
    case ErrorCode::device_failure: return RETICLE_DEVICE_FAILURE;
    case ErrorCode::io: return RETICLE_IO;
  }
  return RETICLE_INTERNAL;
}

void require(bool ok, const char* what) {
  if (!ok) throw Error(ErrorCode::invalid_argument, what);
}

}  // namespace reticle::capi

int reticle_abi_version(void) { return RETICLE_ABI_VERSION; }
const char* reticle_version(void) {
  static const std::string text(reticle::version());
  return text.c_str();
}
const char* reticle_error(void) { return reticle::capi::last_error.c_str(); }
