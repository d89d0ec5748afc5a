// SPDX-License-Identifier: Apache-2.0
// What SHA-256 does to its state with each block of 64 bytes. Private to kernels/base.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace reticle::sha256 {

using State = std::array<std::uint32_t, 8>;

void add_blocks_by_words(State& state, const std::byte* blocks, std::size_t count);

// The same by the processor's own rounds, where it has them: some eight times as fast.
bool has_rounds();
void add_blocks_by_rounds(State& state, const std::byte* blocks, std::size_t count);

}  // namespace reticle::sha256
