// SPDX-License-Identifier: Apache-2.0
// The period that corrects a layout with the least work.
//
//   work = tiles * px py (1 + h / 60),  h orders of the kernels at that period
//
// Work a pixel hardly depends on the orders, but arrays that grow with the tile leave the caches, and transforms of fields
// take more passes (measured on kernels of 17 to 71 orders, bench/README.md). Larger tiles waste less of it on their halo.
#pragma once

#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

struct TilePeriod {
  double x_nm = 0.0;
  double y_nm = 0.0;
  double work_saved = 1.0;  // work with the model's own period over that with this one
};

// For tiles with this halo that cover a layout of this extent and a halo around it as tiles_along() lays them; periods are
// whole steps, a quarter to four times the model's own, and above that no more than `most_nm`. `work_saved` is infinite where the model's own period is not
// larger than two halos.
TilePeriod cheapest_period(const OpticalModel& model, double step_nm, double halo_nm, const Box& extent, double most_nm);

// The work of correcting a layout, in the same unit for all periods of one model. Not finite where a halo leaves no core.
double tile_work(const OpticalModel& model, double period_x_nm, double period_y_nm, double halo_nm, const Box& extent);

// Periods that are worth trying.
struct PeriodBounds {
  double least_x_nm, least_y_nm, most_x_nm, most_y_nm;
};
PeriodBounds period_bounds(const OpticalModel& model, double halo_nm);

}  // namespace reticle
