// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/verification_output.h"

#include <fmt/format.h>

#include <algorithm>

namespace reticle::tools {

void check_verification_files(const std::filesystem::path& folder, Existing existing) {
  check_outputs_in(folder, {"report.json", "findings.csv", "tiles.csv", "findings.lyrdb", "report.html"}, existing);
}

void print_verification(const VerificationReport& report, const std::filesystem::path& folder) {
  for (const auto& [name, value] : totals_of(report)) fmt::print("{:<18} {:g}\n", name, value);
  const auto& groups = report.findings.groups();
  if (!groups.empty())
    fmt::print("\n{:<36} {:>6} {:>12} {:>12} {:>10} {:>10}  {}\n", "worst", "count", "x_um", "y_um", "value", "limit", "corner");
  constexpr std::size_t k_shown = 20;
  for (std::size_t i = 0; i < std::min(k_shown, groups.size()); ++i) {
    const HotSpotGroup group = groups[i];
    const Finding worst = report.findings[group.worst];
    fmt::print("{:<36} {:>6} {:>12.4f} {:>12.4f} {:>10.4g} {:>10.4g}  {}\n", info(worst.check).title,
               group.count, worst.place.x / 1e3, worst.place.y / 1e3, worst.value, worst.limit,
               worst.corner < 0 ? "" : report.settings.corners[static_cast<std::size_t>(worst.corner)].name);
  }
  if (groups.size() > k_shown)
    fmt::print("and {} more groups; {}\n", groups.size() - k_shown,
               folder.empty() ? "-o FOLDER writes all" : "all are in " + (folder / "report.html").string() + " and the files beside it");
}

}  // namespace reticle::tools
