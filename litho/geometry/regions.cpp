// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/regions.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "litho/geometry/row_runs.h"

namespace reticle {
namespace {

enum class Joined { by_edge, by_edge_or_corner };

std::vector<Run> shape_runs(const BitImage& mask) {
  std::vector<Run> runs;
  for (int y = 0; y < mask.rows(); ++y)
    for_each_run(mask.row(y), mask.words(), [&](int x0, int x1) {
      runs.push_back({y, x0, x1, static_cast<int>(runs.size())});
    });
  return runs;
}

// What the shapes leave of every row.
std::vector<Run> clear_runs(const BitImage& mask) {
  std::vector<Run> runs;
  for (int y = 0; y < mask.rows(); ++y) {
    int begin = 0;
    const auto take = [&](int x0, int x1) {
      if (begin < x0) runs.push_back({y, begin, x0, static_cast<int>(runs.size())});
      begin = x1;
    };
    for_each_run(mask.row(y), mask.words(), take);
    take(mask.cols(), mask.cols());
  }
  return runs;
}

int root(std::vector<Run>& runs, int i) {
  while (runs[static_cast<std::size_t>(i)].region != i) {
    int& parent = runs[static_cast<std::size_t>(i)].region;
    parent = runs[static_cast<std::size_t>(parent)].region;
    i = parent;
  }
  return i;
}

void join_rows(std::vector<Run>& runs, int reach) {
  std::size_t below = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    while (below < i && (runs[below].y < runs[i].y - 1 || (runs[below].y == runs[i].y - 1 &&
                                                           runs[below].x1 + reach <= runs[i].x0))) {
      ++below;
    }
    for (std::size_t j = below; j < i && runs[j].y == runs[i].y - 1; ++j) {
      if (runs[j].x0 >= runs[i].x1 + reach) break;
      const int a = root(runs, static_cast<int>(i)), b = root(runs, static_cast<int>(j));
      runs[static_cast<std::size_t>(std::max(a, b))].region = std::min(a, b);
    }
  }
}

Regions find_regions(std::vector<Run> runs, int rows, int cols, Joined joined) {
  Regions found{std::move(runs), {}};
  join_rows(found.runs, joined == Joined::by_edge ? 0 : 1);
  // A root is the first run of its region, so every parent is numbered before its children.
  for (std::size_t i = 0; i < found.runs.size(); ++i) {
    Run& run = found.runs[i];
    if (run.region == static_cast<int>(i)) {
      run.region = static_cast<int>(found.regions.size());
      found.regions.push_back({});
    } else {
      run.region = found.runs[static_cast<std::size_t>(run.region)].region;
    }
    PixelRegion& region = found.regions[static_cast<std::size_t>(run.region)];
    region.pixels += run.x1 - run.x0;
    region.touches_border |=
        run.y == 0 || run.y == rows - 1 || run.x0 == 0 || run.x1 == cols;
  }
  return found;
}

}  // namespace

Regions shape_regions(const BitImage& mask) {
  return find_regions(shape_runs(mask), mask.rows(), mask.cols(), Joined::by_edge);
}

Regions clear_regions(const BitImage& mask) {
  return find_regions(clear_runs(mask), mask.rows(), mask.cols(), Joined::by_edge_or_corner);
}

Regions shape_regions(ImageView<const std::uint8_t> mask) { return shape_regions(BitImage(mask)); }

Regions clear_regions(ImageView<const std::uint8_t> mask) { return clear_regions(BitImage(mask)); }

}  // namespace reticle
