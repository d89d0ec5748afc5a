// SPDX-License-Identifier: Apache-2.0
// A picture of an optical model: source, pupil, leading kernels and their weights.
#pragma once

#include "litho/imaging/optical_model.h"
#include "litho/optics/settings.h"
#include "masks/pictures/drawing.h"

namespace reticle::tools {

Drawing model_picture(const OpticsSettings& optics, const OpticalModel& model);

}  // namespace reticle::tools
