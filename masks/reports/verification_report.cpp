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

std::vector<VerifiedTile> overview_of(const std::vector<VerifiedTile>& tiles, std::size_t most) {
  if (tiles.size() <= most) return tiles;
  const double width = tiles.front().core.width(), height = tiles.front().core.height();
  const double side = std::ceil(std::sqrt(static_cast<double>(tiles.size()) / static_cast<double>(most)));
  // Squares lie at multiples of their side from the first tile; those at the border may be one row or column more.
  const Box& first = tiles.front().core;
  const auto number = [&](double nm, double from, double size) {
    return static_cast<std::int64_t>(std::floor(std::round((nm - from) / size) / side));
  };
  std::map<std::pair<std::int64_t, std::int64_t>, VerifiedTile> squares;
  for (const VerifiedTile& tile : tiles) {
    const auto [at, is_new] = squares.try_emplace({number(tile.core.y0, first.y0, height), number(tile.core.x0, first.x0, width)}, tile);
    if (is_new) continue;
    VerifiedTile& square = at->second;
    square.core = {std::min(square.core.x0, tile.core.x0), std::min(square.core.y0, tile.core.y0),
                   std::max(square.core.x1, tile.core.x1), std::max(square.core.y1, tile.core.y1)};
    square.severity = std::max(square.severity, tile.severity);
    square.epe_max_nm = std::max(square.epe_max_nm, tile.epe_max_nm);
    square.pv_band_max_nm = std::max(square.pv_band_max_nm, tile.pv_band_max_nm);
    if (tile.nils_min > 0.0) square.nils_min = square.nils_min > 0.0 ? std::min(square.nils_min, tile.nils_min) : tile.nils_min;
    const auto sites = static_cast<double>(square.sites), more = static_cast<double>(tile.sites);
    if (sites + more > 0.0)
      square.epe_mean_abs_nm = (sites * square.epe_mean_abs_nm + more * tile.epe_mean_abs_nm) / (sites + more);
    square.sites += tile.sites, square.findings += tile.findings;
    square.l2_nm2 += tile.l2_nm2, square.pv_band_nm2 += tile.pv_band_nm2;
  }
  std::vector<VerifiedTile> overview;
  for (auto& [place, square] : squares) overview.push_back(std::move(square));
  return overview;
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
