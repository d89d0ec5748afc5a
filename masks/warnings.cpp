// SPDX-License-Identifier: Apache-2.0
#include "masks/warnings.h"

#include <algorithm>
#include <utility>

#include "kernels/base/error.h"

namespace reticle {

namespace {

thread_local WarningLog* innermost = nullptr;

}  // namespace

std::string to_string(const Warning& warning) {
  std::string text = warning.file + ": " + warning.what;
  if (warning.count == 1)
    return warning.first_place.empty() ? text : text + " (at " + warning.first_place + ")";
  text += " (" + std::to_string(warning.count) + " times";
  return text + (warning.first_place.empty() ? ")" : ", first at " + warning.first_place + ")");
}

void WarningLog::refuse_imperfect() {
  const std::lock_guard lock(mutex_);
  refuses_ = true;
}

void count(std::vector<Warning>& warnings, const Warning& warning) {
  const auto known = std::find_if(warnings.begin(), warnings.end(), [&](const Warning& other) {
    return other.what == warning.what && other.file == warning.file;
  });
  if (known != warnings.end())
    known->count += warning.count;
  else
    warnings.push_back(warning);
}

void WarningLog::add(const std::string& file, const std::string& what, const std::string& place) {
  add(Warning{file, what, place});
}

void WarningLog::add(const Warning& warning) {
  const std::lock_guard lock(mutex_);
  if (refuses_) throw Error(ErrorCode::bad_input, to_string(warning) + "; refused by --strict");
  count(warnings_, warning);
}

std::vector<Warning> WarningLog::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(warnings_, {});
}

WarningLog& warning_log() {
  static WarningLog process;
  return innermost != nullptr ? *innermost : process;
}

WarningScope::WarningScope() : outer_(std::exchange(innermost, &log_)) {}
WarningScope::~WarningScope() { innermost = outer_; }

}  // namespace reticle
