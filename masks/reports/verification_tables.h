// SPDX-License-Identifier: Apache-2.0
// A verification as files that other programs read: CSV, KLayout's markers, lists for repair.
#pragma once

#include <filesystem>
#include <vector>

#include "litho/chip/tiling.h"
#include "masks/reports/verification_report.h"

namespace reticle {

// One line for each finding, the most severe first. Throws Error(io) if it cannot be written.
void write_findings_csv(const std::filesystem::path& path, const VerificationReport& report);

// One line for each tile that holds something.
void write_tiles_csv(const std::filesystem::path& path, const VerificationReport& report);

// For `reticle correct --only`: tiles of a correction, counted in cores from the layout's origin, that hold a place
// joined otherwise than drawn or beyond a limit by half of it. A place counts for every tile within `reach_nm` of it.
std::vector<TileIndex> tiles_to_repair(const VerificationReport& report, double core_x_nm, double core_y_nm, double reach_nm);
// As the JSON that --only takes: [[x, y], ...].
void write_repair_list(const std::filesystem::path& path, const std::vector<TileIndex>& tiles);

// For KLayout's marker browser: a category for each check, under the subject's top cell; every finding.
void write_finding_markers(const std::filesystem::path& path, const VerificationReport& report);

}  // namespace reticle
