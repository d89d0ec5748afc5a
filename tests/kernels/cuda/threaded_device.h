// SPDX-License-Identifier: Apache-2.0
// ThreadedDevice: runs the bodies of device kernels with two blocks at a time and the items of each phase
// split over two threads in random order, so that ThreadSanitizer sees what a device would race on.
#pragma once

#include <algorithm>
#include <array>
#include <barrier>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include "kernels/cuda/block.h"
#include "kernels/cuda/imaging_plan.h"

namespace reticle::cuda {

// Two threads, one of them the caller's, that meet before and after each piece of work.
class ThreadPair {
 public:
  ThreadPair() : meet_(2), other_([this] { follow(); }) {}
  ThreadPair(const ThreadPair&) = delete;
  ThreadPair& operator=(const ThreadPair&) = delete;
  ~ThreadPair() {
    work_ = nullptr;
    meet_.arrive_and_wait();
    other_.join();
  }
  void run(const std::function<void(int half)>& work) {
    work_ = &work;
    meet_.arrive_and_wait();
    work(0);
    meet_.arrive_and_wait();
  }

 private:
  void follow() {
    for (;;) {
      meet_.arrive_and_wait();
      if (work_ == nullptr) return;
      (*work_)(1);
      meet_.arrive_and_wait();
    }
  }
  const std::function<void(int)>* work_ = nullptr;
  std::barrier<> meet_;
  std::thread other_;
};

class ThreadedBlock {
 public:
  template <class Value, int Threads>
  using PerThread = std::array<Value, Threads>;

  ThreadedBlock(ThreadPair& threads, unsigned seed) : threads_(threads), generator_(seed) {}

  void copy(float* to, const float* from, bool there) { *to = there ? *from : 0.0f; }
  void copy(Quad* to, const float* from, bool there) {
    for (int i = 0; i < 4; ++i) to->v[i] = there ? from[i] : 0.0f;
  }
  void arrived() {}

  template <int Threads, class Function>
  void threads(Function function) {
    each(Threads, function);
  }
  // Every other item, from a random one on, belongs to the second thread.
  template <class Function>
  void each(int count, Function function) {
    if (count <= 0) return;
    const int start = static_cast<int>(generator_() % static_cast<unsigned>(count));
    threads_.run([&](int half) {
      for (int i = half; i < count; i += 2) function((start + i) % count);
    });
  }

 private:
  ThreadPair& threads_;
  std::minstd_rand generator_;
};

class ThreadedDevice {
 public:
  struct Graph {};

  explicit ThreadedDevice(std::size_t shared_limit = 100000) : shared_limit_(shared_limit) {}

  void* allocate(std::size_t bytes) {
    std::vector<char> memory(bytes);
    void* data = memory.data();
    allocations_.emplace(data, std::move(memory));
    return data;
  }
  void release(void* data) { allocations_.erase(data); }
  void upload(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
  void download(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
  void wait() {}
  void clear(void* data, std::size_t bytes) { std::memset(data, 0, bytes); }
  bool separate_arrays() const { return true; }
  std::size_t shared_limit() const { return shared_limit_; }
  TableCache& tables() { return tables_; }

  template <class Body>
  void launch(const Body& body, long blocks) {
    launch(body, blocks, Body::k_shared);
  }
  template <class Body>
  void launch(const Body& body, long blocks, std::size_t shared_bytes) {
    std::vector<int> order(static_cast<std::size_t>(blocks));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), generator_);
    const unsigned seed = static_cast<unsigned>(generator_());
    const std::function<void(int)> half_of_blocks = [&](int half) {
      std::vector<double> shared(shared_bytes / sizeof(double) + 2);
      for (std::size_t i = static_cast<std::size_t>(half); i < order.size(); i += 2) {
        ThreadedBlock block(in_block_[static_cast<std::size_t>(half)], seed + static_cast<unsigned>(i));
        body(block, order[i], reinterpret_cast<char*>(shared.data()));
      }
    };
    blocks_.run(half_of_blocks);
  }
  template <class Chain>
  void replay(Graph&, Chain chain) {
    chain();
  }

 private:
  std::size_t shared_limit_;
  TableCache tables_;
  std::mt19937 generator_{1};
  std::map<void*, std::vector<char>> allocations_;
  ThreadPair blocks_;
  std::array<ThreadPair, 2> in_block_;
};

}  // namespace reticle::cuda
