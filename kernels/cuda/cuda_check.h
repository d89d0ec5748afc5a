// SPDX-License-Identifier: Apache-2.0
// Every CUDA call is checked.
#pragma once

#include <cuda_runtime.h>

#include <string>

#include "kernels/base/error.h"

namespace reticle::cuda {

// Throws Error, naming the call, unless status is success: out_of_memory wherever memory ran out (code,
// local memory and graphs take some too; callers halve their batch), else device_failure.
inline void check(cudaError_t status, const char* call) {
  if (status == cudaSuccess) return;
  const bool memory = status == cudaErrorMemoryAllocation;
  if (memory) cudaGetLastError();  // not sticky: the next call starts clean
  throw Error(memory ? ErrorCode::out_of_memory : ErrorCode::device_failure,
              std::string("CUDA: ") + call + ": " + cudaGetErrorString(status) + " (" + cudaGetErrorName(status) + ")");
}

}  // namespace reticle::cuda
