// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/edge_emphasis.h"

#include <algorithm>

#include "litho/assist/print_check.h"
#include "litho/geometry/disc_morphology.h"
#include "litho/geometry/rasterize.h"

namespace reticle {

namespace {

// Pixels farther than a distance from the set ones, by their own edges.
BitImage beyond(const BitImage& image, double distance_px) {
  return dilated(image, 2.0 * distance_px + 1.0).invert().clear_frame();
}

}  // namespace

EdgeEmphasis::EdgeEmphasis(std::span<const Polygon> polygons, const Grid& grid, double tolerance_nm)
    : tolerance_px_(tolerance_nm / grid.pixel_nm),
      drawn_part_(rasterize(polygons, grid)),
      target_(drawn_part_),
      drawn_(rasterize_binary(polygons, grid)),
      inner_(grid.rows, grid.cols),
      outer_(beyond(drawn_, tolerance_px_)) {
  BitImage clear = drawn_;
  inner_ = beyond(clear.invert().clear_frame(), tolerance_px_);
}

bool EdgeEmphasis::look(ImageView<const float> intensity, const PrintLevel& level, double gain) {
  BitImage extra = bits_where(intensity.rows, intensity.cols, [&](int y, int x) { return level.prints(intensity(y, x)); });
  BitImage missing = inner_;
  for_words(missing, extra, [](std::uint64_t& inner, std::uint64_t prints) { inner &= ~prints; });
  for_words(extra, outer_, [](std::uint64_t& prints, std::uint64_t outer) { prints &= outer; });
  spread(extra, -gain);
  spread(missing, gain);
  return extra.any() || missing.any();
}

bool EdgeEmphasis::look_for_extra(ImageView<const float> intensity, const PrintLevel& level, double gain) {
  const BitImage extra = printed_apart(intensity, level, drawn_);
  spread(extra, -gain);
  return extra.any();
}

void EdgeEmphasis::spread(const BitImage& wrong, double by) {
  if (!wrong.any()) return;
  const BitImage around = dilated(wrong, 2.0 * tolerance_px_ + 1.0);
  for (int y = 0; y < target_.rows(); ++y)
    for (int x = 0; x < target_.cols(); ++x)
      if (around.row(y)[x >> 6] == 0) x |= 63;
      else if (around(y, x)) target_(y, x) += static_cast<float>(by);
}

}  // namespace reticle
