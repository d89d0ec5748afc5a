// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/shots.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "litho/geometry/row_runs.h"

namespace reticle {
namespace {

using Ends = std::pair<int, int>;

// Runs of a row that the row before does not have; both from the left.
std::int64_t count_new(const std::vector<Ends>& runs, const std::vector<Ends>& before) {
  std::int64_t count = 0;
  std::size_t i = 0;
  for (const Ends& run : runs) {
    while (i < before.size() && before[i] < run) ++i;
    count += i == before.size() || before[i] != run;
  }
  return count;
}

std::int64_t slabs_by_rows(const BitImage& mask) {
  std::vector<Ends> before, runs;
  std::int64_t count = 0;
  for (int y = 0; y < mask.rows(); ++y) {
    const std::uint64_t* row = mask.row(y);
    if (y > 0 && std::equal(row, row + mask.words(), mask.row(y - 1))) continue;
    runs.clear();
    for_each_run(row, mask.words(), [&](int x0, int x1) { runs.emplace_back(x0, x1); });
    count += count_new(runs, before);
    runs.swap(before);
  }
  return count;
}

}  // namespace

std::int64_t count_shots(const BitImage& mask) {
  return std::min(slabs_by_rows(mask), slabs_by_rows(transposed(mask)));
}

std::int64_t count_shots(ImageView<const std::uint8_t> mask) { return count_shots(BitImage(mask)); }

}  // namespace reticle
