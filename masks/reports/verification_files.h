// SPDX-License-Identifier: Apache-2.0
// The files of a verification.
#pragma once

#include <filesystem>
#include <string>

#include "masks/reports/verification_page.h"
#include "masks/reports/verification_report.h"

namespace reticle {

// report.json, findings.csv, tiles.csv, findings.lyrdb and report.html in the folder.
void write_verification(const std::filesystem::path& folder, const VerificationReport& report,
                        const OpticalModel& model, const ShownPlaces& places);

// "2026-11-25 19:12 UTC"
std::string time_of_day();

}  // namespace reticle
