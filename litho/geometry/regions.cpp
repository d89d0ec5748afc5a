#include "litho/geometry/regions.h"

#include <algorithm>
#include <cstddef>

namespace reticle {
namespace {

enum class Joined { by_edge, by_edge_or_corner };

std::vector<Run> find_runs(ImageView<const std::uint8_t> mask, int wanted) {
  std::vector<Run> runs;
  for (int y = 0; y < mask.rows; ++y) {
    const std::uint8_t* row = mask.row(y);
    for (int x = 0; x < mask.cols;) {
      while (x < mask.cols && (row[x] != 0) != wanted) ++x;
      const int begin = x;
      while (x < mask.cols && (row[x] != 0) == wanted) ++x;
      if (begin < x) runs.push_back({y, begin, x, static_cast<int>(runs.size())});
    }
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

Regions find_regions(ImageView<const std::uint8_t> mask, int wanted, Joined joined) {
  Regions found{find_runs(mask, wanted), {}};
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
    Region& region = found.regions[static_cast<std::size_t>(run.region)];
    region.pixels += run.x1 - run.x0;
    region.touches_border |=
        run.y == 0 || run.y == mask.rows - 1 || run.x0 == 0 || run.x1 == mask.cols;
  }
  return found;
}

}  // namespace

Regions shape_regions(ImageView<const std::uint8_t> mask) {
  return find_regions(mask, 1, Joined::by_edge);
}

Regions clear_regions(ImageView<const std::uint8_t> mask) {
  return find_regions(mask, 0, Joined::by_edge_or_corner);
}

}  // namespace reticle
