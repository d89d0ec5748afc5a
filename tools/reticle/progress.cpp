// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace reticle::tools {

Progress::Progress(std::string what, int total)
    : what_(std::move(what)),
      total_(total),
      shown_(isatty(STDERR_FILENO) == 1 && total > 0),
      start_(std::chrono::steady_clock::now()) {
  draw();
}

Progress::~Progress() {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

void Progress::set_done(int done) {
  done_ = done;
  draw();
}

void Progress::draw() const {
  if (!shown_) return;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  std::string left = "";
  if (done_ > 0) left = fmt::format(", {:.0f} s left", seconds / done_ * (total_ - done_));
  constexpr int k_width = 30;
  const int filled = k_width * done_ / total_;
  fmt::print(stderr, "\r\033[K[{:#<{}}{:.<{}}] {}/{} {}{}", "", filled, "", k_width - filled, done_,
             total_, what_, left);
  std::fflush(stderr);
}

}  // namespace reticle::tools
