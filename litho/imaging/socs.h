// From an optical model to what engines take, and where the model's field lies on a layout.
#pragma once

#include "kernels/engine/socs_stack.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// All conditions of the model with common half widths (the largest), weights folded in.
SocsStack socs_stack(const OpticalModel& model);

// The field of one period centred on the window, its lower left corner on a whole nm when the
// window's is. Throws Error(bad_input) if the window is larger than the model's period.
Box field_around(const OpticalModel& model, const Box& window);

}  // namespace reticle
