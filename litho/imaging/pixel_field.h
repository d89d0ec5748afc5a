// SPDX-License-Identifier: Apache-2.0
// A mask given as pixels of a window, laid into the model's field: everything else is opaque.
#pragma once

#include <cstdint>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// The model's field as pixels of the mask's grid, the mask's window in its middle.
// Throws Error(bad_input) if the window is larger than the model's period, Error(unsupported) if
// the period is not a whole number of pixels.
Grid field_grid(const OpticalModel& model, const Grid& mask_grid);

// Where a grid lies.
Box box_of(const Grid& grid);

// The pixels of `mask` at their place on `field`, as from field_grid(); zero elsewhere.
// T: uint8_t, float or double.
template <class T>
Image<T> in_field(ImageView<const std::uint8_t> mask, const Grid& mask_grid, const Grid& field);

// The same of a grey mask. T: float or double.
template <class T>
Image<T> in_field(ImageView<const float> mask, const Grid& mask_grid, const Grid& field);

}  // namespace reticle
