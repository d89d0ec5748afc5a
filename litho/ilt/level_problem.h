// SPDX-License-Identifier: Apache-2.0
// What an engine is asked to image on a level's grid: every pair of focus and error of the mask's CD that corners of the window
// tell apart, once.
#pragma once

#include "kernels/base/image.h"
#include "kernels/engine/imaging_problem.h"
#include "kernels/pixel/process_window.h"
#include "litho/ilt/settings.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// Settings as from resolved().
ImagingProblem problem_on(const OpticalModel& model, const IltSettings& settings, const Grid& grid);

// The loss of a level over that problem's conditions.
pixel::ProcessWindow<float> window_of(const OpticalModel& model, const IltSettings& settings, const IltLevel& level);

}  // namespace reticle
