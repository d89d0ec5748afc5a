// SPDX-License-Identifier: Apache-2.0
// The tiles of a job: of the period that costs least or of the layout's arrays, unless the job has its own already; and the
// grid that its edges move on.
#pragma once

#include <filesystem>
#include <string>

#include "litho/chip/tile_period.h"
#include "litho/geometry/polygon.h"
#include "masks/job/layout_job.h"
#include "masks/recipes/correction.h"

namespace reticle {

struct JobPeriod {
  double x_nm = 0.0, y_nm = 0.0;
  std::string reason;  // for people; empty: the model's own
};

// It follows from the model, the settings and the extent of all that the cell holds, so that a window is corrected as
// the whole is; a job that is in the folder keeps its own, also for a layout that has changed. Settings as read, not
// resolved.
JobPeriod period_for_job(const OpticalModel& model, const CorrectionSettings& settings, std::optional<double> halo_nm,
                         const Box& extent, const std::filesystem::path& folder);

// Where tiles of that period begin: so that as few as can be cover all that the cell holds and a halo around it; a job that
// is in the folder keeps its own. Model and settings are those of the tiles, resolved; edges take tiles from the layout's
// origin.
Point origin_for_job(const OpticalModel& model, const CorrectionSettings& settings, std::optional<double> halo_nm,
                     const Box& extent, const std::filesystem::path& folder);

// Masks keep the pixels of the model's own period where these divide the new one and none are given, so that periods differ
// in nothing but their tiles. Settings as read, not resolved.
void keep_pixels(const OpticalModel& model, const JobPeriod& period, CorrectionSettings& settings);

// Where arrays make up much of the layout the job takes cores for them (litho/chip/array_tiles.h): its model, halo, pixel,
// tolerance of outlines and the reason. The job has its input and model; settings as read, not resolved.
void take_tiles_for_arrays(LayoutJob& job, CorrectionSettings& settings);

// Edges move by whole database units of the layout, the most that the mask's pixel holds, so that the mask is written as it
// was judged; where settings say by how much, or free pixels, nothing changes. Settings as read, not resolved.
void move_on_database_units(const LayoutJob& job, CorrectionSettings& settings);

}  // namespace reticle
