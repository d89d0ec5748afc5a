// SPDX-License-Identifier: Apache-2.0
// EmulatedDevice: runs the bodies of device kernels on the host, as strictly as a device might: blocks
// shuffled, the items of a phase from a random one on and either way, shared memory and fresh allocations full of NaN, canaries
// behind every array it hands out.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

#include "kernels/cuda/block.h"
#include "kernels/cuda/imaging_plan.h"

namespace reticle::cuda {

class EmulatedBlock {
 public:
  template <class Value, int Threads>
  using PerThread = std::array<Value, Threads>;

  EmulatedBlock(int size, unsigned seed) : size_(size), generator_(seed) {}

  // Copies come when they are waited for and not before.
  void copy(float* to, const float* from, bool there) { copies_.push_back({to, from, 1, there}); }
  void copy(Quad* to, const float* from, bool there) { copies_.push_back({to->v, from, 4, there}); }
  void arrived() {
    for (const Copy& copy : copies_)
      for (int i = 0; i < copy.count; ++i) copy.to[i] = copy.there ? copy.from[i] : 0.0f;
    copies_.clear();
  }

  template <int Threads, class Function>
  void threads(Function function) {
    if (Threads != size_) throw std::logic_error("a body's phase has other threads than its launch");
    each(Threads, function);
  }
  // A full shuffle of every phase would take longer than the phases: a random start and direction.
  template <class Function>
  void each(int count, Function function) {
    if (count <= 0) return;
    const int start = static_cast<int>(generator_() % static_cast<unsigned>(count));
    const bool forwards = generator_() % 2 == 0;
    for (int i = 0; i < count; ++i) {
      const int item = (start + i) % count;
      function(forwards ? item : count - 1 - item);
    }
    if (!copies_.empty()) throw std::logic_error("a body's phase ended before its copies arrived");
  }

 private:
  struct Copy {
    float* to;
    const float* from;
    int count;
    bool there;
  };
  int size_;
  std::minstd_rand generator_;
  std::vector<Copy> copies_;  // on their way
};

class EmulatedDevice {
 public:
  struct Graph {};

  // shared_limit: what it says a block's field may have.
  explicit EmulatedDevice(std::size_t shared_limit = 100000, unsigned seed = 1)
      : shared_limit_(shared_limit), generator_(seed) {}
  ~EmulatedDevice() = default;
  EmulatedDevice(const EmulatedDevice&) = delete;
  EmulatedDevice& operator=(const EmulatedDevice&) = delete;

  void* allocate(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    std::vector<char> memory(bytes + k_canary, static_cast<char>(0xff));  // NaN as float and double
    void* data = memory.data();
    allocations_.emplace(data, std::move(memory));
    return data;
  }
  void release(void* data) {
    const std::lock_guard lock(mutex_);
    allocations_.erase(data);
  }
  std::size_t allocations() const { return allocations_.size(); }

  void upload(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
  void download(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
  void wait() {}
  void join() {}
  bool separate_arrays() const { return true; }  // each with its canary
  void clear(void* data, std::size_t bytes) { std::memset(data, 0, bytes); }
  std::size_t shared_limit() const { return shared_limit_; }
  TableCache& tables() { return tables_; }

  template <class Body>
  void launch(const Body& body, long blocks) {
    launch(body, blocks, Body::k_shared);
  }
  template <class Body>
  void launch(const Body& body, long blocks, std::size_t shared_bytes) {
    if (shared_bytes > k_largest_block) throw std::logic_error("more shared memory than there is");
    if (blocks <= 0) throw std::logic_error("a launch of no blocks");
    const std::lock_guard lock(mutex_);
    std::vector<int> order(static_cast<std::size_t>(blocks));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), generator_);
    std::vector<double> shared(shared_bytes / sizeof(double) + 2);
    for (const int index : order) {
      std::memset(shared.data(), 0xff, shared.size() * sizeof(double));
      EmulatedBlock block(Body::k_threads, static_cast<unsigned>(generator_()));
      body(block, index, reinterpret_cast<char*>(shared.data()));
      const char* end = reinterpret_cast<const char*>(shared.data()) + shared_bytes;
      if (std::any_of(end, end + 8, [](char c) { return c != static_cast<char>(0xff); }))
        throw std::logic_error("a body wrote beyond its shared memory");
    }
    for (const auto& [data, memory] : allocations_)
      if (std::any_of(memory.end() - k_canary, memory.end(),
                      [](char c) { return c != static_cast<char>(0xff); }))
        throw std::logic_error("a body wrote beyond the workspace");
  }

  template <class Chain>
  void replay(Graph&, Chain chain) {
    chain();
  }

 private:
  static constexpr int k_canary = 256;
  static constexpr std::size_t k_largest_block = 227 * 1024;  // of an H100
  std::size_t shared_limit_;
  TableCache tables_;
  std::mt19937 generator_;
  std::mutex mutex_;  // launches of several threads come one after another
  std::map<void*, std::vector<char>> allocations_;
};

}  // namespace reticle::cuda
