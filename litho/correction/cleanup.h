// Removal of what cannot be made: specks and holes below a stated area.
#pragma once

#include <cstdint>

#include "kernels/base/image.h"

namespace reticle {

struct CleanupLimits {
  double minimum_area_nm2 = 400.0;
  double minimum_width_nm = 20.0;
  double minimum_space_nm = 20.0;
};

void clean_mask(Image<std::uint8_t>& mask, double pixel_nm, const CleanupLimits& limits);

}  // namespace reticle
