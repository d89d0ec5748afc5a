// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/freed_memory.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace reticle::tools {

void keep_freed_memory([[maybe_unused]] const FreedMemory& freed) {
#ifdef __GLIBC__
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(freed.buffer_bytes));
  ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(freed.total_bytes));
#endif
}

}  // namespace reticle::tools
