// SPDX-License-Identifier: Apache-2.0
#include "masks/reports/verification_report.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "litho/verification/finding_groups.h"

namespace reticle {

namespace {

constexpr double k_one_place = 0.3;  // of lambda / NA

}  // namespace

std::vector<Finding> ranked(std::vector<Finding> findings, const VerifySettings&, const OpticalModel& model) {
  return merged(std::move(findings), k_one_place * resolution_nm(model));
}

std::vector<HotSpotGroup> grouped(const std::vector<Finding>& findings) {
  std::vector<HotSpotGroup> groups;
  std::map<std::pair<Check, std::uint64_t>, std::size_t> known;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const auto [at, is_new] = known.try_emplace({findings[i].check, findings[i].pattern}, groups.size());
    if (is_new) groups.push_back({findings[i].check, findings[i].pattern, {}});
    groups[at->second].places.push_back(i);
  }
  return groups;
}

std::string plural_of(Check check) {
  switch (check) {
    case Check::pinch: return "pinches";
    case Check::missing:
    case Check::extra:
    case Check::filled:
    case Check::nils:
    case Check::ils:
    case Check::meef: return std::string(info(check).name);
    case Check::roundness: return "unround";
    default: return std::string(info(check).name) + "s";
  }
}

std::map<std::string, double> totals_of(const VerificationReport& report) {
  const EdgeStatistics edges = report.measures.all_edges(0);
  std::map<std::string, double> totals = {
      {"l2_nm2", report.measures.l2_nm2},
      {"pv_band_nm2", report.measures.pv_band_nm2},
      {"pv_band_max_nm", report.measures.pv_band_max_nm},
      {"edge_sites", static_cast<double>(edges.sites)},
      {"epe_max_nm", edges.max_abs_nm},
      {"epe_mean_abs_nm", edges.mean_abs_nm()},
      {"epe_violations", static_cast<double>(report.measures.epe_violations)},
      {"findings", static_cast<double>(report.findings.size())},
      {"faults", 0.0}};
  for (Check check = Check::missing; check <= Check::filled; check = static_cast<Check>(static_cast<int>(check) + 1))
    totals[plural_of(check)] = 0.0;
  if (report.measures.nils_min > 0.0) totals["nils_min"] = report.measures.nils_min;
  for (const Finding& finding : report.findings) {
    totals[plural_of(finding.check)] += 1.0;
    if (finding.check <= Check::filled) totals["faults"] += 1.0;
  }
  return totals;
}

VerifiedTile tile_of(const Box& core, const RegionReport& report) {
  const EdgeStatistics edges = report.measures.all_edges(0);
  VerifiedTile tile{.core = core};
  tile.epe_max_nm = edges.max_abs_nm;
  tile.epe_mean_abs_nm = edges.mean_abs_nm();
  tile.l2_nm2 = report.measures.l2_nm2, tile.pv_band_nm2 = report.measures.pv_band_nm2;
  tile.pv_band_max_nm = report.measures.pv_band_max_nm, tile.nils_min = report.measures.nils_min;
  tile.sites = edges.sites;
  tile.findings = static_cast<std::int64_t>(report.findings.size());
  for (const Finding& finding : report.findings) tile.severity = std::max(tile.severity, finding.severity);
  return tile;
}

VerificationReport report_of_clip(VerificationSubject subject, const VerifySettings& settings, const OpticalModel& model,
                                  const Box& window, RegionReport found) {
  VerificationReport report{.subject = std::move(subject), .settings = settings, .window = window};
  report.tiles = {tile_of(window, found)};
  report.measures = std::move(found.measures);
  report.findings = ranked(std::move(found.findings), settings, model);
  return report;
}

}  // namespace reticle
