// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/seams.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace reticle {

namespace {

int pixels(double length_nm, double pixel_nm) {
  return static_cast<int>(std::lround(length_nm / pixel_nm));
}

double ramp(double x_nm, double blend_nm) {
  if (x_nm <= -blend_nm) return 0.0;
  if (x_nm >= blend_nm) return 1.0;
  return 0.5 + 0.5 * std::sin(std::numbers::pi * x_nm / (2 * blend_nm));
}

// At the pixel centres of a patch, along one axis.
std::vector<float> weights(double core_nm, double blend_nm, double pixel_nm) {
  std::vector<float> out;
  const int count = pixels(core_nm + 2 * blend_nm, pixel_nm);
  for (int i = 0; i < count; ++i) {
    const double x = (i + 0.5) * pixel_nm - blend_nm;
    out.push_back(static_cast<float>(ramp(x, blend_nm) * ramp(core_nm - x, blend_nm)));
  }
  return out;
}

}  // namespace

Grid patch_grid(const TilePlan& plan, double blend_nm, double pixel_nm) {
  return {.rows = pixels(plan.core_y_nm + 2 * blend_nm, pixel_nm),
          .cols = pixels(plan.core_x_nm + 2 * blend_nm, pixel_nm),
          .pixel_nm = pixel_nm, .origin_x_nm = -blend_nm, .origin_y_nm = -blend_nm};
}

Grid field_grid(const TilePlan& plan, double pixel_nm) {
  return patch_grid(plan, plan.halo_nm, pixel_nm);
}

Image<float> patch_of(const TilePlan& plan, double blend_nm, const Image<float>& field,
                      double pixel_nm) {
  const Grid grid = patch_grid(plan, blend_nm, pixel_nm);
  const int offset = pixels(plan.halo_nm - blend_nm, pixel_nm);
  Image<float> patch(grid.rows, grid.cols);
  for (int y = 0; y < grid.rows; ++y)
    std::copy_n(field.row(y + offset) + offset, grid.cols, patch.row(y));
  return patch;
}

Image<float> blended_field(const TilePlan& plan, double blend_nm, double pixel_nm, float background,
                           TileIndex tile, const PatchSource& patches) {
  const Grid grid = field_grid(plan, pixel_nm), patch_size = patch_grid(plan, blend_nm, pixel_nm);
  const std::vector<float> along_x = weights(plan.core_x_nm, blend_nm, pixel_nm);
  const std::vector<float> along_y = weights(plan.core_y_nm, blend_nm, pixel_nm);
  Image<float> field(grid.rows, grid.cols);
  const int reach_x = static_cast<int>(std::ceil((plan.halo_nm + blend_nm) / plan.core_x_nm));
  const int reach_y = static_cast<int>(std::ceil((plan.halo_nm + blend_nm) / plan.core_y_nm));
  for (int dy = -reach_y; dy <= reach_y; ++dy)
    for (int dx = -reach_x; dx <= reach_x; ++dx) {
      const Image<float> patch = patches({tile.y + dy, tile.x + dx});
      const int x0 = pixels(dx * plan.core_x_nm - blend_nm + plan.halo_nm, pixel_nm);
      const int y0 = pixels(dy * plan.core_y_nm - blend_nm + plan.halo_nm, pixel_nm);
      for (int y = std::max(0, -y0); y < std::min(patch_size.rows, grid.rows - y0); ++y)
        for (int x = std::max(0, -x0); x < std::min(patch_size.cols, grid.cols - x0); ++x)
          field(y0 + y, x0 + x) += along_y[static_cast<std::size_t>(y)] *
                                   along_x[static_cast<std::size_t>(x)] *
                                   (patch.empty() ? background : patch(y, x));
    }
  return field;
}

}  // namespace reticle
