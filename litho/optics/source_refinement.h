// SPDX-License-Identifier: Apache-2.0
// The source as points that image well with the orders of a mask's period.
#pragma once

#include <vector>

#include "litho/optics/settings.h"
#include "litho/optics/source.h"

namespace reticle {

// An order leaves the pupil along an arc across the source. Where a period has few orders the arcs that
// cut source pixels decide the image's error: such pixels are divided into four, again and again, as long
// as points times orders stay below a bound. For SourceSampling::adaptive; other samplings, and maps, whose
// pixels are points of light, are left as they are. Throws Error(bad_input) as source_cells().
std::vector<SourcePoint> refined_source(const OpticsSettings& settings);

}  // namespace reticle
