// SPDX-License-Identifier: Apache-2.0
#include "kernels/base/host_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace reticle {
namespace {

TEST(ThreadPool, DoesEveryItemOfEveryCallerOnceOnThreadsOfItsOwn) {
  constexpr int k_threads = 3, k_callers = 4, k_calls = 20;
  ThreadPool pool(k_threads);
  std::vector<int> on_thread(k_threads, 0);  // each written by its thread only
  std::atomic<int> done = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < k_callers; ++caller)
    callers.emplace_back([&] {
      for (std::size_t count = 0; count < k_calls; ++count) {
        std::vector<int> items(count, 0);
        pool.each(count, [&](std::size_t item, int thread) {
          ++items[item];
          ++on_thread[static_cast<std::size_t>(thread)];
          ++done;
        });
        EXPECT_EQ(items, std::vector<int>(count, 1));
      }
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done, k_callers * k_calls * (k_calls - 1) / 2);
  EXPECT_EQ(on_thread[0] + on_thread[1] + on_thread[2], done);
}

TEST(ThreadPool, AnErrorReachesItsCallerAndNobodyElse) {
  ThreadPool pool(2);
  std::thread other([&] {
    std::atomic<int> done = 0;
    pool.each(100, [&](std::size_t, int) { ++done; });
    EXPECT_EQ(done, 100);
  });
  EXPECT_THROW(pool.each(100, [](std::size_t item, int) { if (item == 7) throw std::runtime_error("seven"); }),
               std::runtime_error);
  other.join();
  int after = 0;
  pool.each(1, [&](std::size_t, int) { ++after; });
  EXPECT_EQ(after, 1);
}

}  // namespace
}  // namespace reticle
