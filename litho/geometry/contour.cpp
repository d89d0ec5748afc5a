#include "litho/geometry/contour.h"

#include <array>

#include "kernels/base/error.h"

namespace reticle {
namespace {

struct Step {
  int x, y;
};
constexpr std::array<Step, 4> k_steps{{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};  // E, N, W, S
// Pixel ahead on the left and on the right of a vertex, for each heading.
constexpr std::array<Step, 4> k_ahead_left{{{0, 0}, {-1, 0}, {-1, -1}, {0, -1}}};
constexpr std::array<Step, 4> k_ahead_right{{{0, -1}, {0, 0}, {-1, 0}, {-1, -1}}};

bool inside(ImageView<const std::uint8_t> mask, int x, int y) {
  return x >= 0 && y >= 0 && x < mask.cols && y < mask.rows && mask(y, x) != 0;
}

Polygon trace_ring(ImageView<const std::uint8_t> mask, int start_x, int start_y, const Grid& grid,
                   Image<std::uint8_t>& seen) {
  Polygon ring;
  int x = start_x, y = start_y;
  std::size_t heading = 0;
  do {
    if (heading == 0) seen(y, x) = 1;
    x += k_steps[heading].x;
    y += k_steps[heading].y;
    const std::size_t before = heading;
    if (!inside(mask, x + k_ahead_left[heading].x, y + k_ahead_left[heading].y)) {
      heading = (heading + 1) % 4;
    } else if (inside(mask, x + k_ahead_right[heading].x, y + k_ahead_right[heading].y)) {
      heading = (heading + 3) % 4;
    }
    if (heading != before) {
      ring.push_back({grid.origin_x_nm + x * grid.pixel_nm, grid.origin_y_nm + y * grid.pixel_nm});
    }
  } while (x != start_x || y != start_y || heading != 0);
  return ring;
}

}  // namespace

std::vector<Polygon> trace_pixels(ImageView<const std::uint8_t> mask, const Grid& grid) {
  if (mask.rows != grid.rows || mask.cols != grid.cols) {
    throw Error(ErrorCode::invalid_argument,
                "trace_pixels: mask and grid differ in size; give the grid the mask lies on.");
  }
  std::vector<Polygon> rings;
  Image<std::uint8_t> seen(mask.rows, mask.cols);  // bottom edges walked
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) {
      if (mask(y, x) != 0 && seen(y, x) == 0 && !inside(mask, x, y - 1)) {
        rings.push_back(trace_ring(mask, x, y, grid, seen));
      }
    }
  }
  return rings;
}

}  // namespace reticle
