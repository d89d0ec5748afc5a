// SPDX-License-Identifier: Apache-2.0
// Memory of result arrays. What an optimiser's loop is given and drops in each iteration is kept for the next one: the
// system would else take it back and hand it out again page by page, which takes as long as a tenth of an iteration.
#pragma once

#include <cstddef>

namespace reticle::python {

// Not set, on a cache line. Throws std::bad_alloc.
void* take_result_memory(std::size_t bytes);
// What take_result_memory() gave; from any thread. At most k_kept_bytes stay.
void drop_result_memory(void* memory) noexcept;

constexpr std::size_t k_kept_bytes = std::size_t{64} << 20;

}  // namespace reticle::python
