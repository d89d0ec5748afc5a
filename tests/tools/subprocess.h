// SPDX-License-Identifier: Apache-2.0
// Runs the real reticle binary, as a shell would.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace reticle::tools {

// Absolute, wherever the test goes.
std::string reticle_binary();

struct Finished {
  int exit_code = -1;  // 128 + signal if killed by one
  std::string out;
  std::string err;
};

// A running reticle with its output caught in files of `folder`.
class Subprocess {
 public:
  Subprocess(const std::filesystem::path& folder, const std::vector<std::string>& arguments);
  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;

  void interrupt() const;  // as Ctrl-C
  void kill() const;       // as kill -9
  Finished wait();

 private:
  std::filesystem::path out_, err_;
  pid_t process_ = -1;
};

// Runs to the end.
Finished reticle(const std::filesystem::path& folder, const std::vector<std::string>& arguments);

// A folder of the running test, empty at first, removed at the end.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string read_text(const std::filesystem::path& path);
void write_text(const std::filesystem::path& path, const std::string& text);

}  // namespace reticle::tools
