// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/interrupt.h"

#include <semaphore.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string_view>
#include <thread>

#include "masks/job/crew.h"
#include "masks/output_file.h"
#include "tools/reticle/exit_code.h"

namespace reticle::tools {
namespace {

constexpr std::chrono::milliseconds k_patience{50};

// A signal handler has nowhere else to write to.
std::atomic<bool> g_interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);
sem_t g_first;  // posted by the first signal

extern "C" void note_interrupt(int signal) {
  const int kept = errno;
  g_interrupted = true;
  ::sem_post(&g_first);
  std::signal(signal, SIG_DFL);
  errno = kept;
}

void end_what_goes_on() {
  while (::sem_wait(&g_first) != 0) {
  }
  std::this_thread::sleep_for(k_patience);
  OutputFile::abandon_all();
  // Past any progress bar. Not by the log, which may be gone where the process ends by itself at this moment.
  constexpr std::string_view k_said = "\nreticle: warning: interrupted; what is finished is kept: run again with --resume\n";
  const std::size_t from = ::isatty(STDERR_FILENO) == 1 ? 0 : 1;
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, k_said.data() + from, k_said.size() - from);
  ::_exit(k_interrupted);
}

}  // namespace

void catch_interrupts() {
  ::sem_init(&g_first, 0, 0);
  if (!is_one_of_several()) std::thread(end_what_goes_on).detach();
  std::signal(SIGINT, note_interrupt);
  std::signal(SIGTERM, note_interrupt);
}

bool interrupted() { return g_interrupted; }

}  // namespace reticle::tools
