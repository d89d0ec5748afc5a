// SPDX-License-Identifier: Apache-2.0
// A verification as files that other programs read: CSV, KLayout's markers, lists for repair.
#pragma once

#include <filesystem>

#include "litho/chip/tiling.h"
#include "masks/reports/verification_report.h"

namespace reticle {

// One line for each finding, the most severe first. Throws Error(io) if it cannot be written.
void write_findings_csv(const std::filesystem::path& path, const VerificationReport& report);

// One line for each tile that holds something.
void write_tiles_csv(const std::filesystem::path& path, const VerificationReport& report);

// For `reticle correct --only`, as JSON, [[x, y], ...]: tiles of a correction, counted in cores from its tile (0, 0),
// that hold a place joined otherwise than drawn or beyond a limit by half of it. A place counts for every tile within
// `reach_nm` of it.
void write_repair_list(const std::filesystem::path& path, const VerificationReport& report, const TilePlan& tiling, double reach_nm);

// For KLayout's marker browser: a category for each check, under the subject's top cell, with how many there are
// and the 10,000 worst.
void write_finding_markers(const std::filesystem::path& path, const VerificationReport& report);

}  // namespace reticle
