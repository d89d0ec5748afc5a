// SPDX-License-Identifier: Apache-2.0
#include "tests/tools/subprocess.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace reticle::tools {

std::string reticle_binary() { return std::filesystem::absolute(RETICLE_BINARY).string(); }

Subprocess::Subprocess(const std::filesystem::path& folder,
                       const std::vector<std::string>& arguments)
    : out_(folder / "stdout.txt"), err_(folder / "stderr.txt") {
  std::vector<std::string> words = {reticle_binary()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  constexpr int k_flags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out_.c_str(), k_flags, 0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err_.c_str(), k_flags, 0600);
  const int failed = posix_spawn(&process_, argv[0], &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error("cannot start " + words[0]);
}

void Subprocess::interrupt() const { ::kill(process_, SIGINT); }

void Subprocess::kill() const { ::kill(process_, SIGKILL); }

Finished Subprocess::wait() {
  int status = 0;
  waitpid(process_, &status, 0);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, read_text(out_), read_text(err_)};
}

Finished reticle(const std::filesystem::path& folder, const std::vector<std::string>& arguments) {
  return Subprocess(folder, arguments).wait();
}

TestFolder::TestFolder() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  path_ = std::filesystem::temp_directory_path() /
          ("reticle_" + std::string(test->test_suite_name()) + "_" + test->name() + "_" +
           std::to_string(getpid()));
  std::filesystem::create_directories(path_);
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace reticle::tools
