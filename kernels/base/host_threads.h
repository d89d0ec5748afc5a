// SPDX-License-Identifier: Apache-2.0
// The host's threads as callers share them: one pool for many callers, or threads made for a call.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace reticle {

// Calls come first in, first out; a thread that finds no item left of one goes on with the next.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();
  int threads() const { return static_cast<int>(threads_.size()); }
  // work(item, thread) for items 0 .. count - 1 in any order, thread: of this pool. Returns once all are done and
  // rethrows the first error, after which no further item is begun. Of several threads at a time, none of them its own.
  void each(std::size_t count, const std::function<void(std::size_t, int)>& work);

 private:
  struct Call;
  void serve(int thread);

  std::mutex mutex_;
  std::condition_variable more_, done_;
  std::deque<Call*> calls_;  // of which items are left
  bool ends_ = false;
  std::vector<std::thread> threads_;
};

// What a function is told to work with.
class HostThreads {
 public:
  HostThreads(int threads) : threads_(threads) {}
  HostThreads(ThreadPool& pool) : threads_(pool.threads()), pool_(&pool) {}
  int count() const { return threads_; }
  void each(std::size_t count, const std::function<void(std::size_t, int)>& work) const;

 private:
  int threads_;
  ThreadPool* pool_ = nullptr;  // none: threads of each call's own
};

}  // namespace reticle
