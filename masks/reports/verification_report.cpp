// SPDX-License-Identifier: Apache-2.0
#include "masks/reports/verification_report.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "litho/verification/finding_groups.h"

namespace reticle {

namespace {

constexpr double k_one_place = 0.3;  // of lambda / NA

}  // namespace

double one_place_nm(const OpticalModel& model) { return k_one_place * resolution_nm(model); }

FindingList ranked(std::vector<Finding> findings, const OpticalModel& model) {
  FindingCollector collector;
  for (const Finding& finding : merged(std::move(findings), one_place_nm(model))) collector.add(finding);
  return collector.take();
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
      {"faults", static_cast<double>(report.findings.faults())}};
  if (report.settings.corner_radius_nm > 0.0 && edges.sites > 0) {
    const EdgeStatistics& rounded = report.measures.rounded;
    totals["epe_rounded_sites"] = static_cast<double>(rounded.sites);
    totals["epe_rounded_max_nm"] = rounded.max_abs_nm;
    totals["epe_rounded_mean_abs_nm"] = rounded.sum_abs_nm / static_cast<double>(edges.sites);
  }
  if (report.measures.nils_min > 0.0) totals["nils_min"] = report.measures.nils_min;
  for (std::size_t i = 0; i < k_checks; ++i) {
    const Check check = static_cast<Check>(i);
    const std::size_t count = report.findings.count(check);
    if (check <= Check::filled || count > 0) totals[plural_of(check)] = static_cast<double>(count);
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

namespace {

// A tile and the square it lies in.
struct TileOfSquare {
  std::int64_t row, column;
  VerifiedTile tile;
};
struct BySquare {
  bool operator()(const TileOfSquare& a, const TileOfSquare& b) const {
    return std::tie(a.row, a.column, a.tile.core.y0, a.tile.core.x0) < std::tie(b.row, b.column, b.tile.core.y0, b.tile.core.x0);
  }
};

void add(VerifiedTile& square, const VerifiedTile& tile) {
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

}  // namespace

void each_square(const RecordList<VerifiedTile>& tiles, std::size_t most, const std::filesystem::path& folder,
                 const std::function<void(const VerifiedTile&)>& visit) {
  if (tiles.size() <= most) {
    for (const VerifiedTile& tile : tiles) visit(tile);
    return;
  }
  const Box first = tiles[0].core;
  const double side = std::ceil(std::sqrt(static_cast<double>(tiles.size()) / static_cast<double>(most)));
  // Squares lie at multiples of their side from the first tile; those at the border may be one row or column more.
  const auto number = [&](double nm, double from, double size) {
    return static_cast<std::int64_t>(std::floor(std::round((nm - from) / size) / side));
  };
  RecordSorter<TileOfSquare, BySquare> sorter(folder);
  for (const VerifiedTile& tile : tiles)
    sorter.add({number(tile.core.y0, first.y0, first.height()), number(tile.core.x0, first.x0, first.width()), tile});
  std::optional<TileOfSquare> square;
  for (const TileOfSquare& next : sorter.take()) {
    if (square && square->row == next.row && square->column == next.column) {
      add(square->tile, next.tile);
      continue;
    }
    if (square) visit(square->tile);
    square = next;
  }
  visit(square->tile);
}

VerificationReport report_of_clip(VerificationSubject subject, const VerifySettings& settings, const OpticalModel& model,
                                  const Box& window, RegionReport found) {
  VerificationReport report{.subject = std::move(subject), .settings = settings, .window = window};
  report.tiles = RecordList<VerifiedTile>({tile_of(window, found)});
  report.measures = std::move(found.measures);
  report.findings = ranked(std::move(found.findings), model);
  return report;
}

}  // namespace reticle
