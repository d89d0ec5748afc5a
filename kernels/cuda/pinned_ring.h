// SPDX-License-Identifier: Apache-2.0
// PinnedRing: transfers through pinned memory, slot by slot, of several threads at once: each copies through slots of its
// own. Uploads, whose source may change or die as soon as the call returns, wait for nothing but their own slot: the device
// reads it when the stream comes to it. Of downloads one part is copied out while the next is on its way.
#pragma once

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>

#include "kernels/cuda/cuda_check.h"

namespace reticle::cuda {

class PinnedRing {
 public:
  PinnedRing() = default;
  PinnedRing(const PinnedRing&) = delete;
  PinnedRing& operator=(const PinnedRing&) = delete;
  ~PinnedRing() {
    for (const Slot& slot : slots_) {
      if (slot.used != nullptr) cudaEventDestroy(slot.used);
      if (slot.memory != nullptr) cudaFreeHost(slot.memory);
    }
  }

  // Returns once all is there.
  void download(void* to, const void* from, std::size_t bytes, cudaStream_t stream) {
    Part before;
    for (std::size_t done = 0; done < bytes; done += k_slot_bytes) {
      const std::size_t count = std::min(k_slot_bytes, bytes - done);
      Hold hold = hold_idle();
      if (!hold) {
        before.take();  // who waits for a slot has none
        hold = hold_next();
      }
      check(cudaMemcpyAsync(hold->memory, static_cast<const char*>(from) + done, count, cudaMemcpyDeviceToHost, stream),
            "cudaMemcpyAsync from the GPU");
      check(cudaEventRecord(hold->used, stream), "cudaEventRecord");
      before.take();
      before = Part{std::move(hold), static_cast<char*>(to) + done, count};
    }
    before.take();
  }

  // In the order of the stream's launches.
  void upload(void* to, const void* from, std::size_t bytes, cudaStream_t stream) {
    for (std::size_t done = 0; done < bytes; done += k_slot_bytes) {
      const std::size_t count = std::min(k_slot_bytes, bytes - done);
      const Hold hold = hold_next();
      std::memcpy(hold->memory, static_cast<const char*>(from) + done, count);
      check(cudaMemcpyAsync(static_cast<char*>(to) + done, hold->memory, count, cudaMemcpyHostToDevice, stream),
            "cudaMemcpyAsync to the GPU");
      check(cudaEventRecord(hold->used, stream), "cudaEventRecord");
    }
  }

 private:
  struct Slot {
    void* memory = nullptr;
    cudaEvent_t used = nullptr;
  };
  // A slot that is no other thread's meanwhile.
  class Hold {
   public:
    Hold() = default;
    Hold(PinnedRing& ring, Slot* slot) : ring_(&ring), slot_(slot) {}
    Hold(Hold&& other) noexcept { *this = std::move(other); }
    Hold& operator=(Hold&& other) noexcept {
      std::swap(ring_, other.ring_);
      std::swap(slot_, other.slot_);
      return *this;
    }
    ~Hold() {
      if (slot_ != nullptr) ring_->give_back(slot_);
    }
    explicit operator bool() const { return slot_ != nullptr; }
    Slot* operator->() const { return slot_; }

   private:
    PinnedRing* ring_ = nullptr;
    Slot* slot_ = nullptr;
  };
  // On its way into a slot.
  struct Part {
    Hold hold;
    char* to = nullptr;
    std::size_t bytes = 0;
    void take() {
      if (!hold) return;
      check(cudaEventSynchronize(hold->used), "cudaEventSynchronize");
      std::memcpy(to, hold->memory, bytes);
      hold = Hold();
    }
  };
  static constexpr std::size_t k_slot_bytes = std::size_t{1} << 20;
  static constexpr std::size_t k_slots = 32;

  // The slot that has been idle longest, or a new one while the device is not done with that; none: null.
  Hold hold_idle() {
    std::unique_lock lock(mutex_);
    return first_idle(lock);
  }
  Hold hold_next() {
    std::unique_lock lock(mutex_);
    given_back_.wait(lock, [&] { return !idle_.empty() || made_ < k_slots; });
    return first_idle(lock);
  }
  Hold first_idle(std::unique_lock<std::mutex>& lock) {
    if (made_ < k_slots && (idle_.empty() || is_in_use(*idle_.front()))) {
      Slot& fresh = slots_[made_++];
      lock.unlock();
      check(cudaMallocHost(&fresh.memory, k_slot_bytes), "cudaMallocHost");
      check(cudaEventCreateWithFlags(&fresh.used, cudaEventDisableTiming), "cudaEventCreateWithFlags");
      return Hold(*this, &fresh);
    }
    if (idle_.empty()) return {};
    Hold hold(*this, idle_.front());
    idle_.pop_front();
    lock.unlock();
    check(cudaEventSynchronize(hold->used), "cudaEventSynchronize");
    return hold;
  }
  static bool is_in_use(const Slot& slot) {
    const cudaError_t status = cudaEventQuery(slot.used);
    if (status == cudaErrorNotReady) cudaGetLastError();  // no failure of what comes next
    return status == cudaErrorNotReady;
  }
  void give_back(Slot* slot) {
    {
      const std::lock_guard lock(mutex_);
      idle_.push_back(slot);
    }
    given_back_.notify_one();
  }

  std::array<Slot, k_slots> slots_;
  std::mutex mutex_;
  std::condition_variable given_back_;
  std::deque<Slot*> idle_;
  std::size_t made_ = 0;
};

}  // namespace reticle::cuda
