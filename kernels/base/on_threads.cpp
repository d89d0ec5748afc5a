// SPDX-License-Identifier: Apache-2.0
#include "kernels/base/on_threads.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace reticle {

void on_threads(std::size_t count, int threads,
                const std::function<std::function<bool(std::size_t)>(int thread)>& make_work) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> stop = false;
  std::exception_ptr problem;
  std::mutex mutex;
  const auto loop = [&](int thread) {
    try {
      const auto work = make_work(thread);
      for (std::size_t i = next++; i < count && !stop; i = next++)
        if (!work(i)) stop = true;
    } catch (...) {
      stop = true;
      const std::lock_guard lock(mutex);
      if (!problem) problem = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (int i = 1; i < std::min(threads, static_cast<int>(count)); ++i) others.emplace_back(loop, i);
    loop(0);
  }
  if (problem) std::rethrow_exception(problem);
}

}  // namespace reticle
