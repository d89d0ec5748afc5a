#include "litho/correction/cleanup.h"

#include "litho/geometry/disc_morphology.h"
#include "litho/geometry/specks.h"

namespace reticle {

namespace {

constexpr int k_rounds = 16;

// Opens and closes until both leave the mask as it is. Necks that closing makes and opening would
// break again are cut back, by a little more every round, so that gaps become hardly wider than they
// must.
BitImage wide_and_apart(BitImage mask, double width_px, double space_px) {
  for (int round = 0; round < k_rounds; ++round) {
    const BitImage closed = mask.opened(width_px).closed(space_px);
    BitImage wide = closed.opened(width_px);
    BitImage necks = closed;
    necks.clear_where(wide);
    if (!necks.any()) return closed;
    mask = wide.clear_where(necks.dilated(space_px * (1.0 + 0.5 * round) / 4.0));
  }
  return mask.opened(width_px);
}

}  // namespace

void clean_mask(Image<std::uint8_t>& mask, const Grid& grid, const CleanupLimits& limits) {
  // The outline of a digital disc lies half a pixel inside it on either side; the rest is for rulers
  // that read slanted edges to within half a pixel.
  const double width_px = limits.minimum_width_nm / grid.pixel_nm + 2.0;
  const double space_px = limits.minimum_space_nm / grid.pixel_nm + 2.0;
  mask = remove_specks(mask.view(), grid, limits.minimum_area_nm2);
  mask = wide_and_apart(BitImage(mask), width_px, space_px).unpacked();
  mask = remove_specks(mask.view(), grid, limits.minimum_area_nm2);
}

}  // namespace reticle
