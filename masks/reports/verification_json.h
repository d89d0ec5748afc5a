// SPDX-License-Identifier: Apache-2.0
// A verification as JSON.
#pragma once

#include <filesystem>
#include <string>

#include "masks/reports/verification_report.h"

namespace reticle {

// Subject, settings, totals, edges by corner and class, the 10,000 worst groups of hot spots with how many places each has
// and the 20 worst of these.
std::string verification_json(const VerificationReport& report);

// The same to a file, without holding it whole. Throws Error(io) if it cannot be written.
void write_verification_json(const std::filesystem::path& path, const VerificationReport& report);

}  // namespace reticle
