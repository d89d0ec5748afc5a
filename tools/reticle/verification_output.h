// SPDX-License-Identifier: Apache-2.0
// The files of a verification, and its end on a terminal.
#pragma once

#include <filesystem>
#include <vector>

#include "litho/ilt/settings.h"
#include "masks/job/layout_job.h"
#include "masks/reports/verification_page.h"
#include "masks/reports/verification_report.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/quality_gates.h"

namespace reticle::tools {

// report.json, findings.csv, tiles.csv, findings.lyrdb and report.html: whether they may be written, and they.
void check_verification_files(const std::filesystem::path& folder, Existing existing);
void write_verification(const std::filesystem::path& folder, const VerificationReport& report,
                        const OpticalModel& model, const ShownPlaces& places);

// Totals and the worst groups of hot spots.
// `folder`: where the reports are, if they are.
void print_verification(const VerificationReport& report, const std::filesystem::path& folder);

// By which a correction's mask is verified at its end. Throws Error(bad_input) naming key, value and range: to be asked
// before hours of work.
VerifySettings settings_of_verification(const LayoutJob& job, const QualityGates& gates);

// How every correction of a layout ends: the mask that was written is verified on tiles of its own, at the
// corners it was corrected for, in the job's folder `verification`, with a list of tiles for --only.
// Gates on the mask's width and space are checked as its rules. `model` is that of the job before its kernels were
// moved to the period of its tiles. Ranks of a crew work on it together; the report is whole in the one that finished the
// correction.
VerificationReport verify_correction(const LayoutJob& job, const OpticalModel& model, const LayoutOutcome& correction,
                                     const QualityGates& gates, const JobWatcher& watcher);

// "2026-11-25 19:12 UTC"
std::string time_of_day();

}  // namespace reticle::tools
