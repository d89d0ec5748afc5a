// SPDX-License-Identifier: Apache-2.0
#include "tools/python/bindings/result_memory.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <new>

namespace reticle::python {

namespace {

constexpr std::size_t k_line = 64;
constexpr std::size_t k_least_kept = std::size_t{64} << 10;  // below, the heap keeps it by itself

// In front of each block, a line of its own.
struct Head {
  std::size_t bytes = 0;
};

void free_block(void* block) { ::operator delete(block, std::align_val_t{k_line}); }

// The last blocks that were dropped, the newest first.
struct Kept {
  std::mutex mutex;
  std::array<void*, 8> block{};
  std::size_t bytes = 0;

  void remove(std::size_t place) {
    bytes -= static_cast<Head*>(block[place])->bytes;
    std::move(block.begin() + static_cast<std::ptrdiff_t>(place) + 1, block.end(), block.begin() + static_cast<std::ptrdiff_t>(place));
    block.back() = nullptr;
  }
};

// Arrays may outlive everything else at the end of a process.
Kept& kept() {
  static Kept* const one = new Kept;
  return *one;
}

}  // namespace

void* take_result_memory(std::size_t bytes) {
  if (bytes >= k_least_kept) {
    Kept& all = kept();
    const std::lock_guard lock(all.mutex);
    for (std::size_t i = 0; i < all.block.size() && all.block[i] != nullptr; ++i) {
      void* const block = all.block[i];
      if (static_cast<Head*>(block)->bytes != bytes) continue;
      all.remove(i);
      return static_cast<std::byte*>(block) + k_line;
    }
  }
  void* const block = ::operator new(bytes + k_line, std::align_val_t{k_line});
  *static_cast<Head*>(block) = {bytes};
  return static_cast<std::byte*>(block) + k_line;
}

void drop_result_memory(void* memory) noexcept {
  void* const block = static_cast<std::byte*>(memory) - k_line;
  const std::size_t bytes = static_cast<Head*>(block)->bytes;
  if (bytes < k_least_kept || bytes > k_kept_bytes) return free_block(block);
  Kept& all = kept();
  const std::lock_guard lock(all.mutex);
  while (all.bytes + bytes > k_kept_bytes || all.block.back() != nullptr) {
    std::size_t oldest = all.block.size() - 1;
    while (all.block[oldest] == nullptr) --oldest;
    void* const old = all.block[oldest];
    all.remove(oldest);
    free_block(old);
  }
  std::move_backward(all.block.begin(), all.block.end() - 1, all.block.end());
  all.block.front() = block;
  all.bytes += bytes;
}

}  // namespace reticle::python
