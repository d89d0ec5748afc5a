// SPDX-License-Identifier: Apache-2.0
// A loop over items that threads share.
#pragma once

#include <cstddef>
#include <functional>

namespace reticle {

// Calls work(i) for i in 0..count-1 on up to `threads` threads, work = make_work(thread) made by each;
// false stops handing out. Returns once all have stopped and rethrows the first error.
void on_threads(std::size_t count, int threads,
                const std::function<std::function<bool(std::size_t)>(int thread)>& make_work);

}  // namespace reticle
