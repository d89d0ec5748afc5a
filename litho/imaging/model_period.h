// SPDX-License-Identifier: Apache-2.0
// Kernels moved to a tile of another period.
//
//   H'(f) = sum_m H(m) sinc(P f - m),  f = m' / P'
//
// in each direction: the transform of a kernel that is what it was within one period P around its middle and
// nothing beyond. For P' > P its spatial extent is padded with zeros; for P' < P a mask of that period is
// imaged as P's kernels image it, copies and all. Where m' / P' is one of the old orders, H' = H.
#pragma once

#include <vector>

#include "litho/imaging/optical_model.h"

namespace reticle {

// The model for tiles of another period; all but its kernels stays. Outermost orders that together hold less than
// 1e-6 of the kernels' energy are left out. The same model if the period is its own.
// Throws Error(bad_input) for a period that is not positive or more than 64 times the old one.
OpticalModel model_at_period(const OpticalModel& model, double period_x_nm, double period_y_nm);

// What the kernels' end at the border of their own period costs in a larger one: the largest change of the
// intensity, in the model's unit, of a random Manhattan clip as wide as the kernels when their outermost eighth
// on every side is cut off too. Tails fall as r^-3, so that what lies beyond is about as much again. 0 for a
// period that is not larger.
double period_error(const OpticalModel& model, double period_x_nm, double period_y_nm);

}  // namespace reticle
