// SPDX-License-Identifier: Apache-2.0
// A layout's correction from its job to the verification of the mask that was written.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "litho/imaging/optical_model.h"
#include "litho/verification/verify_settings.h"
#include "masks/job/layout_job.h"
#include "masks/reports/verification_report.h"

namespace reticle {

struct LayoutCorrection {
  LayoutOutcome outcome;
  std::optional<VerificationReport> verification;  // of the whole mask, by the one who finished it
  std::map<std::string, double> totals;            // of the tiles, and over them what the verification says
};

// By which a job's mask is verified at its end: at the corners it is corrected for. Throws Error(bad_input) naming key,
// value and range: to be asked before hours of work.
VerifySettings verification_of(const LayoutJob& job);

// Runs the job, writes its reports and verifies the mask that was written, on tiles of its own, in the job's folder
// `verification`, with a list of tiles to correct again; a job of some tiles alone is not verified. Ranks of a crew and, where
// access is shared, workers of a folder do it together; one of them finishes. `model` is that of the job before its kernels
// were moved to the period of its tiles. `corrected` hears of a finished mask before it is verified. The job
// lets go of its input. Throws as run_layout_job() and run_verify_job().
LayoutCorrection correct_layout(LayoutJob& job, const OpticalModel& model, const VerifySettings& verification,
                                const JobWatcher& watcher = {},
                                const std::function<void(const LayoutOutcome&)>& corrected = [](const LayoutOutcome&) {});

}  // namespace reticle
