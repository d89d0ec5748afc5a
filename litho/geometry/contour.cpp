// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/contour.h"

#include <array>
#include <bit>

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

PixelRing trace_ring(const BitImage& mask, PixelCorner start, BitImage& seen) {
  PixelRing ring;
  int x = start.x, y = start.y;
  std::size_t heading = 0;
  const auto inside = [&](const Step& ahead) { return mask(y + ahead.y, x + ahead.x); };
  do {
    if (heading == 0) seen.row(y)[x / BitImage::k_word] |= std::uint64_t{1} << (x % BitImage::k_word);
    x += k_steps[heading].x;
    y += k_steps[heading].y;
    const std::size_t before = heading;
    if (!inside(k_ahead_left[heading])) {
      heading = (heading + 1) % 4;
    } else if (inside(k_ahead_right[heading])) {
      heading = (heading + 3) % 4;
    }
    if (heading != before) ring.push_back({x, y});
  } while (x != start.x || y != start.y || heading != 0);
  return ring;
}

}  // namespace

std::vector<PixelRing> trace_rings(const BitImage& mask) {
  std::vector<PixelRing> rings;
  BitImage seen(mask.rows(), mask.cols());  // bottom edges walked
  for (int y = 0; y < mask.rows(); ++y) {
    const std::uint64_t* row = mask.row(y);
    const std::uint64_t* below = mask.row(y - 1);
    for (int word = 0; word < mask.words(); ++word) {
      const std::uint64_t edges = row[word] & ~below[word];
      // A ring may see more edges of this word.
      for (std::uint64_t left = edges; (left &= ~seen.row(y)[word]) != 0;)
        rings.push_back(
            trace_ring(mask, {BitImage::k_word * word + std::countr_zero(left), y}, seen));
    }
  }
  return rings;
}

std::vector<Polygon> trace_pixels(ImageView<const std::uint8_t> mask, const Grid& grid) {
  return trace_pixels(BitImage(mask), grid);
}

std::vector<Polygon> trace_pixels(const BitImage& mask, const Grid& grid) {
  if (mask.rows() != grid.rows || mask.cols() != grid.cols) {
    throw Error(ErrorCode::invalid_argument,
                "trace_pixels: mask and grid differ in size; give the grid the mask lies on.");
  }
  std::vector<Polygon> rings;
  for (const PixelRing& ring : trace_rings(mask)) {
    Polygon& polygon = rings.emplace_back();
    for (const PixelCorner& corner : ring)
      polygon.push_back({grid.origin_x_nm + corner.x * grid.pixel_nm,
                         grid.origin_y_nm + corner.y * grid.pixel_nm});
  }
  return rings;
}

}  // namespace reticle
