// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/contour_lines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "kernels/base/error.h"

namespace reticle {
namespace {

constexpr std::int64_t k_none = -1;

// Crossings are numbered by the pair of pixels they lie between: twice the index of the first
// pixel, plus 1 where the second is above and not to the right.
struct Links {
  std::vector<std::int64_t> next;
  std::vector<std::uint8_t> has_previous;
};

void link_cell(ImageView<const float> image, double level, int y, int x, Links& links) {
  const std::array<double, 4> value{image(y, x), image(y, x + 1), image(y + 1, x + 1),
                                    image(y + 1, x)};
  const std::int64_t here = 2 * (static_cast<std::int64_t>(y) * image.cols + x);
  const std::array<std::int64_t, 4> side{here, here + 3, here + 2 * image.cols, here + 1};
  const auto inside = [&](std::size_t i) { return value[i % 4] >= level; };
  const bool joined = 0.25 * (value[0] + value[1] + value[2] + value[3]) >= level;
  for (std::size_t i = 0; i < 4; ++i) {
    if (!inside(i) || inside(i + 1)) continue;
    const std::size_t turn = joined ? 1 : 3;
    std::size_t j = (i + turn) % 4;
    while (inside(j) || !inside(j + 1)) j = (j + turn) % 4;
    links.next[static_cast<std::size_t>(side[i])] = side[j];
    links.has_previous[static_cast<std::size_t>(side[j])] = 1;
  }
}

Point crossing(ImageView<const float> image, double level, const Grid& grid, std::int64_t id) {
  const int y = static_cast<int>(id / 2 / image.cols), x = static_cast<int>(id / 2 % image.cols);
  const bool up = id % 2 != 0;
  const double a = image(y, x), b = up ? image(y + 1, x) : image(y, x + 1);
  const double t = (level - a) / (b - a);
  return {grid.origin_x_nm + (x + 0.5 + (up ? 0.0 : t)) * grid.pixel_nm,
          grid.origin_y_nm + (y + 0.5 + (up ? t : 0.0)) * grid.pixel_nm};
}

}  // namespace

std::vector<ContourLine> contour_lines(ImageView<const float> image, double level,
                                       const Grid& grid) {
  if (image.rows != grid.rows || image.cols != grid.cols) {
    throw Error(ErrorCode::invalid_argument,
                "contour_lines: image and grid differ in size; give the grid the image lies on.");
  }
  if (!std::isfinite(level) || !std::all_of(image.data, image.data + image.size(),
                                            [](float v) { return std::isfinite(v); })) {
    throw Error(ErrorCode::bad_input,
                "contour_lines: the level or a value of the image is not a "
                "finite number; check where the image came from.");
  }
  Links links{std::vector<std::int64_t>(2 * image.size(), k_none),
              std::vector<std::uint8_t>(2 * image.size(), 0)};
  for (int y = 0; y + 1 < image.rows; ++y) {
    for (int x = 0; x + 1 < image.cols; ++x) link_cell(image, level, y, x, links);
  }
  std::vector<ContourLine> lines;
  const auto follow = [&](std::size_t start) {
    ContourLine line;
    std::int64_t id = static_cast<std::int64_t>(start);
    while (true) {
      line.points.push_back(crossing(image, level, grid, id));
      const std::int64_t next = links.next[static_cast<std::size_t>(id)];
      links.next[static_cast<std::size_t>(id)] = k_none;
      if (next == k_none) break;
      line.closed = next == static_cast<std::int64_t>(start);
      if (line.closed) break;
      id = next;
    }
    lines.push_back(std::move(line));
  };
  for (std::size_t i = 0; i < links.next.size(); ++i) {
    if (links.next[i] != k_none && links.has_previous[i] == 0) follow(i);
  }
  for (std::size_t i = 0; i < links.next.size(); ++i) {
    if (links.next[i] != k_none) follow(i);
  }
  return lines;
}

}  // namespace reticle
