#include "litho/geometry/specks.h"

#include <algorithm>
#include <cmath>

#include "kernels/base/error.h"
#include "litho/geometry/regions.h"

namespace reticle {
namespace {

// Sets the pixels of small regions to the value; returns how many regions it changed.
int overwrite_small(Image<std::uint8_t>& mask, const Regions& found, double min_pixels,
                    std::uint8_t value) {
  const auto is_small = [&](const Region& region) {
    return static_cast<double>(region.pixels) < min_pixels &&
           (value == 0 || !region.touches_border);
  };
  for (const Run& run : found.runs) {
    if (!is_small(found.regions[static_cast<std::size_t>(run.region)])) continue;
    std::fill(mask.row(run.y) + run.x0, mask.row(run.y) + run.x1, value);
  }
  return static_cast<int>(std::count_if(found.regions.begin(), found.regions.end(), is_small));
}

}  // namespace

Image<std::uint8_t> remove_specks(ImageView<const std::uint8_t> mask, const Grid& grid,
                                  double min_area_nm2) {
  if (mask.rows != grid.rows || mask.cols != grid.cols || !(min_area_nm2 >= 0.0) ||
      !std::isfinite(min_area_nm2)) {
    throw Error(ErrorCode::invalid_argument,
                "remove_specks: give the grid the mask lies on and a finite area >= 0 nm2.");
  }
  Image<std::uint8_t> cleaned(mask.rows, mask.cols);
  std::transform(mask.data, mask.data + mask.size(), cleaned.begin(),
                 [](std::uint8_t m) { return static_cast<std::uint8_t>(m != 0); });
  const double min_pixels = min_area_nm2 / (grid.pixel_nm * grid.pixel_nm);
  int changed = 1;
  while (changed > 0) {  // ends: each round leaves fewer regions
    changed = overwrite_small(cleaned, clear_regions(cleaned.view()), min_pixels, 1);
    changed += overwrite_small(cleaned, shape_regions(cleaned.view()), min_pixels, 0);
  }
  return cleaned;
}

}  // namespace reticle
