// SPDX-License-Identifier: Apache-2.0
// PinnedRing: transfers through pinned memory, slot by slot. Uploads, whose source may change or die as soon as the call
// returns, wait for nothing but their own slot: the device reads it when the stream comes to it. Of downloads one part is
// copied out while the next is on its way.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include "kernels/cuda/cuda_check.h"

namespace reticle::cuda {

class PinnedRing {
 public:
  PinnedRing() = default;
  PinnedRing(const PinnedRing&) = delete;
  PinnedRing& operator=(const PinnedRing&) = delete;
  ~PinnedRing() {
    for (const Slot& slot : slots_) {
      if (slot.read != nullptr) cudaEventDestroy(slot.read);
      if (slot.memory != nullptr) cudaFreeHost(slot.memory);
    }
  }

  // Returns once all is there.
  void download(void* to, const void* from, std::size_t bytes, cudaStream_t stream) {
    Part before;
    for (std::size_t done = 0; done < bytes; done += k_slot_bytes) {
      const std::size_t count = std::min(k_slot_bytes, bytes - done);
      Slot& slot = next();
      check(cudaMemcpyAsync(slot.memory, static_cast<const char*>(from) + done, count, cudaMemcpyDeviceToHost, stream),
            "cudaMemcpyAsync from the GPU");
      check(cudaEventRecord(slot.read, stream), "cudaEventRecord");
      take(before);
      before = {&slot, static_cast<char*>(to) + done, count};
    }
    take(before);
  }

  // In the order of the stream's launches.
  void upload(void* to, const void* from, std::size_t bytes, cudaStream_t stream) {
    for (std::size_t done = 0; done < bytes; done += k_slot_bytes) {
      const std::size_t count = std::min(k_slot_bytes, bytes - done);
      Slot& slot = next();
      std::memcpy(slot.memory, static_cast<const char*>(from) + done, count);
      check(cudaMemcpyAsync(static_cast<char*>(to) + done, slot.memory, count, cudaMemcpyHostToDevice, stream),
            "cudaMemcpyAsync to the GPU");
      check(cudaEventRecord(slot.read, stream), "cudaEventRecord");
    }
  }

 private:
  struct Slot {
    void* memory = nullptr;
    cudaEvent_t read = nullptr;
  };
  static constexpr std::size_t k_slot_bytes = std::size_t{1} << 20;
  struct Part {
    const Slot* slot = nullptr;
    char* to = nullptr;
    std::size_t bytes = 0;
  };
  static void take(const Part& part) {
    if (part.slot == nullptr) return;
    check(cudaEventSynchronize(part.slot->read), "cudaEventSynchronize");
    std::memcpy(part.to, part.slot->memory, part.bytes);
  }

  // Waits until the device has read what was last in it, or written.
  Slot& next() {
    Slot& slot = slots_[place_];
    place_ = (place_ + 1) % slots_.size();
    if (slot.memory == nullptr) check(cudaMallocHost(&slot.memory, k_slot_bytes), "cudaMallocHost");
    if (slot.read == nullptr)
      check(cudaEventCreateWithFlags(&slot.read, cudaEventDisableTiming), "cudaEventCreateWithFlags");
    else
      check(cudaEventSynchronize(slot.read), "cudaEventSynchronize");
    return slot;
  }

  std::array<Slot, 4> slots_;
  std::size_t place_ = 0;
};

}  // namespace reticle::cuda
