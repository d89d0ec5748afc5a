// SPDX-License-Identifier: Apache-2.0
#include "masks/reports/verification_files.h"

#include <chrono>
#include <ctime>

#include "masks/reports/verification_json.h"
#include "masks/reports/verification_tables.h"

namespace reticle {

void write_verification(const std::filesystem::path& folder, const VerificationReport& report,
                        const OpticalModel& model, const ShownPlaces& places) {
  write_verification_json(folder / "report.json", report);
  write_findings_csv(folder / "findings.csv", report);
  write_tiles_csv(folder / "tiles.csv", report);
  write_finding_markers(folder / "findings.lyrdb", report);
  write_verification_page(folder / "report.html", report, model, places);
}

std::string time_of_day() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  char text[32] = {};
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", std::gmtime(&now));
  return std::string(text) + " UTC";
}

}  // namespace reticle
