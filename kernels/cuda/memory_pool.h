// SPDX-License-Identifier: Apache-2.0
// MemoryPool: device memory of one stream, kept for the next batch when it is given back: cudaMalloc and
// cudaFree wait for the whole device. Given out again in the order of the stream, so nothing is waited for. Of several
// threads at once.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "kernels/cuda/cuda_check.h"

namespace reticle::cuda {

class MemoryPool {
 public:
  MemoryPool() = default;
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;
  ~MemoryPool() {
    trim();
    for (const auto& [data, bytes] : given_) cudaFree(data);
  }

  // Throws Error(out_of_memory), naming the bytes wanted and free.
  void* allocate(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    // A kept piece serves where at most half as much again lies idle behind it.
    const auto fits = kept_.lower_bound(bytes);
    if (fits != kept_.end() && fits->first <= bytes + bytes / 2) {
      void* data = fits->second;
      given_.emplace(data, fits->first);
      kept_bytes_ -= fits->first;
      kept_.erase(fits);
      return data;
    }
    void* data = nullptr;
    cudaError_t status = cudaMalloc(&data, bytes);
    if (status == cudaErrorMemoryAllocation && !kept_.empty()) {
      cudaGetLastError();
      trim();
      status = cudaMalloc(&data, bytes);
    }
    if (status == cudaErrorMemoryAllocation) {
      cudaGetLastError();  // not sticky: the next call starts clean
      throw Error(ErrorCode::out_of_memory,
                  "the GPU: " + std::to_string(bytes) + " bytes wanted, " + std::to_string(device_free()) + " free");
    }
    check(status, "cudaMalloc");
    given_.emplace(data, bytes);
    return data;
  }

  void release(void* data) noexcept {
    const std::lock_guard lock(mutex_);
    const auto piece = given_.find(data);
    if (piece == given_.end()) return;
    try {
      kept_.emplace(piece->second, data);
      kept_bytes_ += piece->second;
    } catch (...) {
      cudaFree(data);
    }
    given_.erase(piece);
  }

  // What allocate() can still give.
  std::size_t free_bytes() const { return device_free() + kept_bytes_; }

 private:
  static std::size_t device_free() {
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
    return free;
  }
  // Waits for the device.
  void trim() noexcept {
    for (const auto& [bytes, data] : kept_) cudaFree(data);
    kept_.clear();
    kept_bytes_ = 0;
  }

  std::mutex mutex_;
  std::multimap<std::size_t, void*> kept_;
  std::map<void*, std::size_t> given_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace reticle::cuda
