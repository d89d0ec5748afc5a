// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/shots.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "tests/litho/random_masks.h"

namespace reticle {
namespace {

std::int64_t slabs_by_definition(const Image<std::uint8_t>& mask) {
  std::int64_t count = 0;
  std::set<std::pair<int, int>> before, runs;
  for (int y = 0; y < mask.rows(); ++y) {
    for (int x = 0; x < mask.cols(); ++x) {
      if (mask(y, x) == 0 || (x > 0 && mask(y, x - 1) != 0)) continue;
      int end = x;
      while (end < mask.cols() && mask(y, end) != 0) ++end;
      runs.emplace(x, end);
    }
    for (const auto& run : runs) count += before.count(run) == 0;
    before = std::move(runs);
    runs.clear();
  }
  return count;
}

TEST(Shots, AreTheFewerOfTheSlabsByRowsAndByColumns) {
  for (const test::MaskCase& c : test::small_mask_cases()) {
    Image<std::uint8_t> turned(c.mask.cols(), c.mask.rows());
    for (int y = 0; y < c.mask.rows(); ++y)
      for (int x = 0; x < c.mask.cols(); ++x) turned(x, y) = c.mask(y, x);
    EXPECT_EQ(count_shots(c.mask.view()),
              std::min(slabs_by_definition(c.mask), slabs_by_definition(turned)))
        << c.name;
  }
}

}  // namespace
}  // namespace reticle
