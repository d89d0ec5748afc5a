// SPDX-License-Identifier: Apache-2.0
// From an optical model to what engines take, and where the model's field lies on a layout.
#pragma once

#include "kernels/engine/imaging_problem.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// All conditions of the model with common half widths (the largest), weights folded in.
SocsStack socs_stack(const OpticalModel& model);

// What engines take: images of what is drawn on a grid over the field, behind the model's mask. The step of
// its transmissions and its blur are part of the kernels there. Throws Error(unsupported) for a mask with
// edge strips or layers. The model's bias is not in it: a corrected mask is drawn back by it.
ImagingProblem imaging_problem(const OpticalModel& model, int rows, int cols, double pixel_nm);

// The field of one period centred on the window, its lower left corner on a whole nm when the
// window's is. Throws Error(bad_input) if the window is larger than the model's period.
Box field_around(const OpticalModel& model, const Box& window);

}  // namespace reticle
