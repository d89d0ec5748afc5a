// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/interrupt.h"

#include <atomic>
#include <csignal>

namespace reticle::tools {
namespace {

// A signal handler has nowhere else to write to.
std::atomic<bool> g_interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void note_interrupt(int signal) {
  g_interrupted = true;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void catch_interrupts() {
  std::signal(SIGINT, note_interrupt);
  std::signal(SIGTERM, note_interrupt);
}

bool interrupted() { return g_interrupted; }

}  // namespace reticle::tools
