// SPDX-License-Identifier: Apache-2.0
// What the resist sees of an aerial image, at places, and the transpose:
//
//   R = G(diffusion_nm) I + density G(density_range_nm) I + slope_nm |grad G(diffusion_nm) I|
//
// with the slope term too, which is no filter and is evaluated at the places themselves (optical_model.h).
#pragma once

#include <span>

#include "kernels/base/spectrum.h"
#include "litho/imaging/image_places.h"
#include "litho/imaging/optical_model.h"
#include "litho/imaging/simulator.h"

namespace reticle {

// dL/d of the parameter of the same name.
struct ResistGradient {
  double diffusion_nm = 0.0;
  double slope_nm = 0.0;
  double density = 0.0;
  double density_range_nm = 0.0;
};

// R of an aerial image's coefficients over a field of this period.
template <class T>
void resist_image(ImageReader<T>& reader, const Spectrum<T>& aerial, double period_x_nm, double period_y_nm,
                  const ResistModel& resist, const ImagePlaces& places, std::span<T> out);

// The same at the centres of pixels that together cover the field.
template <class T>
void resist_image(Simulator<T>& simulator, const OpticalModel& model, Spectrum<T> aerial, ImageView<T> out);

template <class T>
struct AerialGradient {
  Spectrum<T> aerial;  // dL/dRe I(f) + i dL/dIm I(f)
  ResistGradient resist;
};
enum class ResistDerivatives { all, none };  // by the resist's own parameters
// For dL/dR at the places. Where the image is flat the slope term's gradient is taken as 0.
template <class T>
AerialGradient<T> resist_gradient(ImageReader<T>& reader, const Spectrum<T>& aerial, double period_x_nm,
                                  double period_y_nm, const ResistModel& resist, const ImagePlaces& places,
                                  std::span<const T> d_resist,
                                  ResistDerivatives wanted = ResistDerivatives::all);

}  // namespace reticle
