// SPDX-License-Identifier: Apache-2.0
// A mask that fits one period of a model, and what it is to print, as a region to verify or look at.
#pragma once

#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"
#include "litho/verification/region_check.h"
#include "masks/design_file.h"

namespace reticle::tools {

struct ClipRegion {
  Region region;        // its core is the whole field
  Image<float> pixels;  // of the region's mask, where it is pixels
};

// Throws Error(bad_input) if the mask is larger than the model's period, Error(unsupported) if its pixel
// does not divide the period.
ClipRegion clip_region(const OpticalModel& model, const DesignSource& mask, const std::vector<Polygon>& target);

}  // namespace reticle::tools
