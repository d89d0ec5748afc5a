// SPDX-License-Identifier: Apache-2.0
// What of this process's freed memory waits for its next use: given back to the kernel, it is zeroed again when it is needed.
#pragma once

#include <cstddef>

namespace reticle::tools {

struct FreedMemory {
  std::size_t buffer_bytes;  // larger buffers go back at once
  std::size_t total_bytes;   // at the heap's end
};
// Images of clips come and go in megabytes: a fifth of what the host does of a clip.
inline constexpr FreedMemory k_freed_of_clips{32u << 20, 512u << 20};
// Blocks of a layout come and go for days, and are to leave no large pieces behind.
inline constexpr FreedMemory k_freed_of_layouts{32u << 20, 512u << 20};

// Does nothing where the C library is not GNU's.
void keep_freed_memory(const FreedMemory& freed);

}  // namespace reticle::tools
