// A verification as files that other programs read: CSV, KLayout's markers, lists for repair.
#pragma once

#include <filesystem>

#include "masks/reports/verification_report.h"

namespace reticle {

// One line for each finding, the most severe first. Throws Error(io) if it cannot be written.
void write_findings_csv(const std::filesystem::path& path, const VerificationReport& report);

// One line for each tile that holds something.
void write_tiles_csv(const std::filesystem::path& path, const VerificationReport& report);

// For KLayout's marker browser: a category for each check, under the subject's top cell; every finding.
void write_finding_markers(const std::filesystem::path& path, const VerificationReport& report);

}  // namespace reticle
