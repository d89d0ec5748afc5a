// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/paged_memory.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <numeric>
#include <string>

namespace reticle::layout {
namespace {

std::vector<int> numbers(int first) {
  std::vector<int> values(1 << 20);  // 4 MB
  std::iota(values.begin(), values.end(), first);
  return values;
}

// Of this process, pages of files that are in memory, MB.
double file_megabytes() {
  std::ifstream status("/proc/self/status");
  double all = 0.0;
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssFile:") || line.starts_with("RssShmem:")) all += 1e-3 * std::stod(line.substr(line.find(':') + 1));
  return all;
}

TEST(PagedMemory, WhatIsGivenBackTakesNoMemoryAndReadsTheSame) {
  PagedMemory memory;
  std::vector<PagedArray<int>> arrays;
  const double before = file_megabytes();
  for (int i = 0; i < 8; ++i) {
    arrays.emplace_back(numbers(i));
    arrays.back().move_to(memory);
  }
  EXPECT_TRUE(arrays.back().building().empty());
  EXPECT_GT(file_megabytes(), before + 20.0);
  memory.give_back();
  EXPECT_LT(file_megabytes(), before + 6.0);
  for (int i = 0; i < 8; ++i) {
    const std::vector<int> wanted = numbers(i);
    EXPECT_TRUE(std::equal(wanted.begin(), wanted.end(), arrays[static_cast<std::size_t>(i)].begin(),
                           arrays[static_cast<std::size_t>(i)].end())) << i;
  }
}

TEST(PagedMemory, ArraysStayInMemoryWhereNoFileCanBeMade) {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before != nullptr ? before : "";
  ::setenv("TMPDIR", "/no/such/folder", 1);
  PagedMemory memory;
  PagedArray<int> first(numbers(0)), second(numbers(1));
  first.move_to(memory);
  second.move_to(memory);
  before != nullptr ? ::setenv("TMPDIR", kept.c_str(), 1) : ::unsetenv("TMPDIR");
  EXPECT_EQ(second.size(), std::size_t{1} << 20);
  EXPECT_FALSE(second.building().empty());
  EXPECT_EQ(second[17], 18);
  EXPECT_EQ(first[17], 17);
}

}  // namespace
}  // namespace reticle::layout
