// SPDX-License-Identifier: Apache-2.0
// Whether a verification's files may be written, and its end on a terminal.
#pragma once

#include <filesystem>

#include "masks/reports/verification_report.h"
#include "tools/reticle/inputs.h"

namespace reticle::tools {

void check_verification_files(const std::filesystem::path& folder, Existing existing);

// Totals and the worst groups of hot spots.
// `folder`: where the reports are, if they are.
void print_verification(const VerificationReport& report, const std::filesystem::path& folder);

}  // namespace reticle::tools
