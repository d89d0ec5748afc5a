// SPDX-License-Identifier: Apache-2.0
// Progress with an estimate of the time left, on stderr, only when that is a terminal.
#pragma once

#include <chrono>
#include <string>

namespace reticle::tools {

class Progress {
 public:
  // what: plural noun of the things counted, e.g. "clips".
  Progress(std::string what, int total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void one_done() { set_done(done_ + 1); }
  void set_done(int done);

 private:
  void draw() const;

  std::string what_;
  int total_;
  int done_ = 0;
  bool shown_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace reticle::tools
