// SPDX-License-Identifier: Apache-2.0
// What readers find imperfect in a file and go on with: values that whoever called them shows or refuses.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

namespace reticle {

struct Warning {
  std::string file;
  std::string what;         // the same words for all of a kind
  std::string first_place;  // "byte 4711, cell 'TOP'" or "line 12"; empty: all of the file
  std::size_t count = 1;
  bool operator==(const Warning&) const = default;
};

// "chip.gds: boundaries of fewer than three points are left out (12 times, first at byte 4711)".
std::string to_string(const Warning& warning);

// Adds to the entry of its file and kind, if there is one.
void count(std::vector<Warning>& warnings, const Warning& warning);

// Threads may share it. One entry for each file and kind, in the order they first came.
class WarningLog {
 public:
  // From here on add() throws Error(bad_input) with the warning's text.
  void refuse_imperfect();
  void add(const std::string& file, const std::string& what, const std::string& place = {});
  void add(const Warning& warning);
  // What came since the last call.
  std::vector<Warning> take();

 private:
  std::mutex mutex_;
  bool refuses_ = false;
  std::vector<Warning> warnings_;
};

// Where the readers called by this thread put theirs: into the log of the innermost scope, or into
// the process's.
WarningLog& warning_log();

// Keeps the warnings of this thread apart while it lives.
class WarningScope {
 public:
  WarningScope();
  ~WarningScope();
  WarningScope(const WarningScope&) = delete;
  WarningScope& operator=(const WarningScope&) = delete;
  WarningLog& log() { return log_; }

 private:
  WarningLog log_;
  WarningLog* outer_;
};

}  // namespace reticle
