// SPDX-License-Identifier: Apache-2.0
// Scale: the lengths that a correction's defaults follow from, so that one recipe serves every wavelength.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

struct Scale {
  double resolution_nm = 0.0;  // lambda / NA
  std::string reason;          // where that is from

  double nm(double resolutions) const { return resolutions * resolution_nm; }
};

// lambda / NA; of imported kernels, whose light is not known, twice the shortest period that they pass:
// that of a source which fills the pupil.
Scale scale_of(const OpticalModel& model);

// Rounded to so many significant digits, for lengths that people read.
double tidy(double nm, int digits = 2);

// The largest round pixel (1, 1.25, 2, 2.5, 4 or 5 times a power of ten) that is not above `most_nm` and takes
// the model's period in whole multiples of `coarsest` pixels; where none does, a part of the period.
double tidy_pixel(const OpticalModel& model, double most_nm, int coarsest);

// The narrowest distance across the inside of a polygon, between edges that face each other; 0 without any.
double smallest_width(std::span<const Polygon> polygons);

}  // namespace reticle
