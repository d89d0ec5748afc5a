// SPDX-License-Identifier: Apache-2.0
#include "kernels/base/host_threads.h"

#include <algorithm>
#include <exception>

#include "kernels/base/on_threads.h"

namespace reticle {

struct ThreadPool::Call {
  std::size_t count;
  const std::function<void(std::size_t, int)>& work;
  std::size_t next = 0, running = 0;
  std::exception_ptr problem;
};

ThreadPool::ThreadPool(int threads) {
  for (int i = 0; i < std::max(threads, 1); ++i) threads_.emplace_back([this, i] { serve(i); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  more_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::each(std::size_t count, const std::function<void(std::size_t, int)>& work) {
  if (count == 0) return;
  Call call{.count = count, .work = work};
  std::unique_lock lock(mutex_);
  calls_.push_back(&call);
  more_.notify_all();
  done_.wait(lock, [&] { return call.next == call.count && call.running == 0; });
  if (call.problem) std::rethrow_exception(call.problem);
}

void ThreadPool::serve(int thread) {
  std::unique_lock lock(mutex_);
  for (;;) {
    more_.wait(lock, [&] { return ends_ || !calls_.empty(); });
    if (calls_.empty()) return;
    Call& call = *calls_.front();
    const std::size_t item = call.next++;
    if (call.next == call.count) calls_.pop_front();
    ++call.running;
    lock.unlock();
    std::exception_ptr problem;
    try {
      call.work(item, thread);
    } catch (...) {
      problem = std::current_exception();
    }
    lock.lock();
    --call.running;
    if (problem && !call.problem) {
      call.problem = problem;
      if (call.next != call.count) {
        call.next = call.count;
        std::erase(calls_, &call);
      }
    }
    if (call.next == call.count && call.running == 0) done_.notify_all();
  }
}

void HostThreads::each(std::size_t count, const std::function<void(std::size_t, int)>& work) const {
  if (pool_ != nullptr) return pool_->each(count, work);
  on_threads(count, threads_, [&](int thread) {
    return [&work, thread](std::size_t item) {
      work(item, thread);
      return true;
    };
  });
}

}  // namespace reticle
