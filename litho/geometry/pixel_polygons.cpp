// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/pixel_polygons.h"

#include <algorithm>

#include "litho/geometry/boolean.h"

namespace reticle {

std::vector<Polygon> polygons_of(ImageView<const std::uint8_t> pixels, const Grid& grid) {
  std::vector<Polygon> runs;
  for (int y = 0; y < pixels.rows; ++y) {
    const std::uint8_t* row = pixels.row(y);
    const std::uint8_t* const end = row + pixels.cols;
    const double y0 = grid.origin_y_nm + y * grid.pixel_nm, y1 = y0 + grid.pixel_nm;
    const auto x_of = [&](const std::uint8_t* at) {
      return grid.origin_x_nm + static_cast<double>(at - row) * grid.pixel_nm;
    };
    const auto inside = [](std::uint8_t value) { return value != 0; };
    for (const auto* at = std::find_if(row, end, inside); at != end;) {
      const auto* const stop = std::find_if_not(at, end, inside);
      runs.push_back({{x_of(at), y0}, {x_of(stop), y0}, {x_of(stop), y1}, {x_of(at), y1}});
      at = std::find_if(stop, end, inside);
    }
  }
  return merge(runs);
}

}  // namespace reticle
