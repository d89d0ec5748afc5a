// SPDX-License-Identifier: Apache-2.0
// Verifying the mask of a layout: a job folder like a correction's, worked on by threads of this process
// and, when shared, by others.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "litho/verification/verify_settings.h"
#include "masks/design_file.h"
#include "masks/job/crew.h"
#include "masks/job/job_file.h"
#include "masks/job/layout_job.h"
#include "masks/reports/verification_page.h"
#include "masks/reports/verification_report.h"

namespace reticle {

struct VerifyJob {
  std::filesystem::path mask, target, folder;
  LayoutPart mask_part, target_part;
  std::filesystem::path target_index;  // of its layout, where there may be one
  std::optional<LayoutPart> enclosed_part;  // of the target
  std::optional<Box> mask_extent;           // that the mask's file speaks of; beyond it the mask is as drawn
  OpticalModel model;
  std::optional<Point> tile_period_nm;  // of tiles, x and y, that its kernels are moved to; empty: its own
  std::shared_ptr<const OpticalModel> tile_model;  // the same where the kernels are moved already
  Point tiles_from{};  // where those of the correction begin: seams of the two lie half a core apart
  VerifySettings settings;  // resolved
  VerificationSubject subject;  // all but what the files say; an empty top cell is theirs
  JobStart start = JobStart::refuse_existing;
  JobAccess access = JobAccess::alone;
  std::optional<double> halo_nm;  // empty: the model's interaction range
  int threads = 1;
  std::shared_ptr<Crew> crew;  // as a layout job's
  bool collects = true;        // false: helps, and leaves the results to another worker
  bool draws_places = false;   // the worst, for a page
};

struct VerifyOutcome {
  bool finished = false;  // false: interrupted, or another worker has the results
  VerificationReport report;
  std::shared_ptr<const OpticalModel> model;  // of what was imaged: the job's, or that at the period of its tiles
  ShownPlaces places;                         // of the worst, where they are drawn
};

// Whether one period of the model holds what is drawn and a halo more.
bool fits_one_field(const OpticalModel& model, const Box& drawn, double halo_nm);

// Throws Error(bad_input) if the folder holds a job and may not, or one that differs.
VerifyOutcome run_verify_job(const VerifyJob& job, const JobWatcher& watcher = {});

}  // namespace reticle
