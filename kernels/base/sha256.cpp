// SPDX-License-Identifier: Apache-2.0
#include "kernels/base/sha256.h"

#include <algorithm>
#include <vector>

#include "kernels/base/sha256_blocks.h"

namespace reticle {

void Sha256::add_blocks(const std::byte* blocks, std::size_t count) {
  static const auto add = sha256::has_rounds() ? sha256::add_blocks_by_rounds : sha256::add_blocks_by_words;
  add(state_, blocks, count);
}

void Sha256::add(std::span<const std::byte> bytes) {
  total_ += bytes.size();
  while (!bytes.empty()) {
    if (pending_size_ == 0 && bytes.size() >= 64) {
      add_blocks(bytes.data(), bytes.size() / 64);
      bytes = bytes.subspan(bytes.size() / 64 * 64);
      continue;
    }
    const std::size_t taken = std::min(bytes.size(), 64 - pending_size_);
    std::copy_n(bytes.begin(), taken,
                pending_.begin() + static_cast<std::ptrdiff_t>(pending_size_));
    pending_size_ += taken;
    bytes = bytes.subspan(taken);
    if (pending_size_ == 64) {
      add_blocks(pending_.data(), 1);
      pending_size_ = 0;
    }
  }
}

std::string Sha256::finish() {
  const std::uint64_t bits = total_ * 8;
  std::vector<std::byte> padding((pending_size_ < 56 ? 56 : 120) - pending_size_);
  padding[0] = std::byte{0x80};
  for (int shift = 56; shift >= 0; shift -= 8)
    padding.push_back(static_cast<std::byte>((bits >> shift) & 0xff));
  add(padding);
  std::string text;
  for (const std::uint32_t word : state_)
    for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[(word >> shift) & 0xf];
  return text;
}

}  // namespace reticle
