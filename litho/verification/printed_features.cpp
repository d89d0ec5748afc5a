// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/printed_features.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "kernels/base/error.h"
#include "litho/geometry/regions.h"

namespace reticle {

namespace {

struct Counted {
  std::int64_t regions = 0;
  std::int64_t untouched = 0;  // those without a pixel of the other image
};

// A copy within the box and nothing around it.
BitImage cut_to(const BitImage& image, const PixelBox& box) {
  if (box.y0 <= 0 && box.x0 <= 0 && box.y1 >= image.rows() && box.x1 >= image.cols()) return image;
  Image<std::uint8_t> pixels = image.unpacked();
  for (int y = 0; y < pixels.rows(); ++y)
    for (int x = 0; x < pixels.cols(); ++x)
      if (y < box.y0 || y >= box.y1 || x < box.x0 || x >= box.x1) pixels(y, x) = 0;
  return BitImage(pixels);
}

// Of the image's regions those that touch no pixel of the other one.
std::vector<bool> untouched_regions(const Regions& found, const BitImage& other) {
  std::vector<bool> untouched(found.regions.size(), true);
  for (const Run& run : found.runs) {
    const auto region = static_cast<std::size_t>(run.region);
    for (int x = run.x0; x < run.x1 && untouched[region]; ++x) untouched[region] = !other(run.y, x);
  }
  return untouched;
}

// The run that holds a pixel.
const Run& run_at(const Regions& found, int y, int x) {
  const auto after = std::upper_bound(found.runs.begin(), found.runs.end(), std::pair{y, x},
                                      [](const std::pair<int, int>& place, const Run& run) {
                                        return place < std::pair{run.y, run.x0};
                                      });
  return *std::prev(after);
}

// Parts within the box of what is whole in the image: whether a part is touched is asked of the whole.
Counted count(const BitImage& image, const BitImage& other, const PixelBox& box) {
  const Regions whole = shape_regions(image), parts = shape_regions(cut_to(image, box));
  const std::vector<bool> untouched = untouched_regions(whole, other);
  std::vector<bool> continued(parts.regions.size()), alone(parts.regions.size());
  for (const Run& run : parts.runs) {
    const auto part = static_cast<std::size_t>(run.region);
    alone[part] = untouched[static_cast<std::size_t>(run_at(whole, run.y, run.x0).region)];
    if (run.x0 == box.x0 && image(run.y, run.x0 - 1)) continued[part] = true;
    for (int x = run.x0; run.y == box.y0 && x < run.x1; ++x)
      if (image(run.y - 1, x)) continued[part] = true;
  }
  Counted counted;
  for (std::size_t i = 0; i < parts.regions.size(); ++i) {
    if (continued[i]) continue;
    ++counted.regions;
    counted.untouched += alone[i];
  }
  return counted;
}

}  // namespace

PrintedFeatures printed_features(const BitImage& print, const BitImage& target, const PixelBox& box) {
  if (print.rows() != target.rows() || print.cols() != target.cols())
    throw Error(ErrorCode::invalid_argument, "printed_features: print and target lie on different grids");
  const Counted drawn = count(target, print, box);
  const Counted printed = count(print, target, box);
  return {.drawn = drawn.regions, .missing = drawn.untouched, .extra = printed.untouched};
}

PrintedFeatures printed_features(const BitImage& print, const BitImage& target) {
  return printed_features(print, target, {0, target.rows(), 0, target.cols()});
}

}  // namespace reticle
