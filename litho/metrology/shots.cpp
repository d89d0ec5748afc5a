#include "litho/metrology/shots.h"

#include <algorithm>
#include <vector>

namespace reticle {
namespace {

// A run at x is new unless the row before has a run with the same begin and end.
std::int64_t slabs_by_rows(ImageView<const std::uint8_t> mask) {
  std::vector<int> ends_before(static_cast<std::size_t>(mask.cols), 0), ends(ends_before);
  std::int64_t count = 0;
  for (int y = 0; y < mask.rows; ++y) {
    std::fill(ends.begin(), ends.end(), 0);  // end of the run that begins here; 0 is none
    const std::uint8_t* row = mask.row(y);
    for (int x = 0; x < mask.cols;) {
      while (x < mask.cols && row[x] == 0) ++x;
      const int begin = x;
      while (x < mask.cols && row[x] != 0) ++x;
      if (begin == x) break;
      ends[static_cast<std::size_t>(begin)] = x;
      count += ends_before[static_cast<std::size_t>(begin)] != x;
    }
    ends.swap(ends_before);
  }
  return count;
}

Image<std::uint8_t> transposed(ImageView<const std::uint8_t> mask) {
  constexpr int k_tile = 64;  // a tile of both images stays in the first cache
  Image<std::uint8_t> out(mask.cols, mask.rows);
  for (int y0 = 0; y0 < mask.rows; y0 += k_tile) {
    for (int x0 = 0; x0 < mask.cols; x0 += k_tile) {
      for (int y = y0; y < std::min(y0 + k_tile, mask.rows); ++y) {
        for (int x = x0; x < std::min(x0 + k_tile, mask.cols); ++x) out(x, y) = mask(y, x);
      }
    }
  }
  return out;
}

}  // namespace

std::int64_t count_shots(ImageView<const std::uint8_t> mask) {
  const Image<std::uint8_t> columns = transposed(mask);
  return std::min(slabs_by_rows(mask), slabs_by_rows(columns.view()));
}

}  // namespace reticle
