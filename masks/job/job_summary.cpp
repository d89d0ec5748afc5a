// SPDX-License-Identifier: Apache-2.0
#include "masks/job/job_summary.h"

#include <algorithm>
#include <cmath>

namespace reticle {

namespace {

// Keeps the first `most` of what sorting by `before` gives; equal ones stay in their order.
template <class T, class Before>
void keep_first(std::vector<T>& items, std::size_t most, const Before& before) {
  std::stable_sort(items.begin(), items.end(), before);
  if (items.size() > most) items.resize(most);
}

bool same_result(const TileRow& a, const TileRow& b) {
  return a.epe_max_nm == b.epe_max_nm && a.epe_mean_abs_nm == b.epe_mean_abs_nm &&
         a.edge_sites == b.edge_sites && a.l2_nm2 == b.l2_nm2 && a.pv_band_nm2 == b.pv_band_nm2;
}

void add_features(const PrintedFeatures& part, PrintedFeatures& sum) {
  sum.drawn += part.drawn;
  sum.missing += part.missing;
  sum.extra += part.extra;
}

void add_assists(const std::optional<AssistPrints>& part, std::optional<AssistPrints>& sum) {
  if (!part) return;
  if (!sum) sum.emplace();
  sum->before += part->before;
  sum->after += part->after;
}

void trim(JobSummary& summary) {
  std::vector<TileRow>& tiles = summary.worst_tiles;
  std::stable_sort(tiles.begin(), tiles.end(),
                   [](const TileRow& a, const TileRow& b) { return a.epe_max_nm > b.epe_max_nm; });
  tiles.erase(std::unique(tiles.begin(), tiles.end(), same_result), tiles.end());
  keep_first(summary.worst_tiles, JobSummary::k_worst_tiles,
             [](const TileRow& a, const TileRow& b) { return a.epe_max_nm > b.epe_max_nm; });
  keep_first(summary.violations, JobSummary::k_most_violations,
             [](const EdgeViolation& a, const EdgeViolation& b) {
               return std::abs(a.epe_nm) > std::abs(b.epe_nm);
             });
}

}  // namespace

TileRow row_of(TileIndex tile, const TileMeasures& measures, double mask_nm2, double tolerance_nm) {
  TileRow row{.tile = tile,
              .edge_sites = static_cast<std::int64_t>(measures.sites.size()),
              .l2_nm2 = measures.l2_nm2,
              .pv_band_nm2 = measures.pv_band_nm2,
              .mask_nm2 = mask_nm2};
  for (const EdgePlacement& place : measures.sites) {
    const double size = std::abs(place.epe_nm);
    row.epe_max_nm = std::max(row.epe_max_nm, size);
    row.epe_mean_abs_nm += size / static_cast<double>(row.edge_sites);
    row.epe_violations += place.missing || size > tolerance_nm;
  }
  return row;
}

void JobSummary::add(const TileRow& row, const TileMeasures& measures, Point core_corner,
                     double tolerance_nm) {
  ++tiles;
  add_features(measures.features, features);
  add_assists(measures.assists, assists);
  edge_sites += row.edge_sites;
  epe_violations += row.epe_violations;
  epe_max_nm = std::max(epe_max_nm, row.epe_max_nm);
  l2_nm2 += row.l2_nm2;
  pv_band_nm2 += row.pv_band_nm2;
  mask_nm2 += row.mask_nm2;
  worst_tiles.push_back(row);
  for (const EdgePlacement& place : measures.sites) {
    const double size = std::abs(place.epe_nm);
    epe_sum_nm += size;
    const double bin = std::floor(size / k_bin_nm);
    ++epe_histogram[std::min(k_bins - 1, static_cast<std::size_t>(bin))];
    if (place.missing || size > tolerance_nm)
      violations.push_back({{core_corner.x + place.site.position.x,
                             core_corner.y + place.site.position.y},
                            place.epe_nm, place.missing});
  }
  if (worst_tiles.size() > 8 * k_worst_tiles || violations.size() > 2 * k_most_violations) trim(*this);
}

void JobSummary::add(const JobSummary& other) {
  tiles += other.tiles;
  add_features(other.features, features);
  add_assists(other.assists, assists);
  for (std::size_t i = 0; i < k_bins; ++i) epe_histogram[i] += other.epe_histogram[i];
  edge_sites += other.edge_sites;
  epe_violations += other.epe_violations;
  epe_sum_nm += other.epe_sum_nm;
  epe_max_nm = std::max(epe_max_nm, other.epe_max_nm);
  l2_nm2 += other.l2_nm2;
  pv_band_nm2 += other.pv_band_nm2;
  mask_nm2 += other.mask_nm2;
  worst_tiles.insert(worst_tiles.end(), other.worst_tiles.begin(), other.worst_tiles.end());
  violations.insert(violations.end(), other.violations.begin(), other.violations.end());
  trim(*this);
}

std::map<std::string, double> JobSummary::totals() const {
  const auto sites = static_cast<double>(edge_sites);
  std::map<std::string, double> totals{
          {"l2_nm2", l2_nm2},
          {"pv_band_nm2", pv_band_nm2},
          {"edge_sites", sites},
          {"epe_mean_abs_nm", edge_sites > 0 ? epe_sum_nm / sites : 0.0},
          {"epe_max_nm", epe_max_nm},
          {"epe_violations", static_cast<double>(epe_violations)},
          {"mask_area_um2", 1e-6 * mask_nm2},
          {"features", static_cast<double>(features.drawn)},
          {"missing", static_cast<double>(features.missing)},
          {"extra", static_cast<double>(features.extra)}};
  if (assists) {
    totals["assist_prints_before_trim"] = static_cast<double>(assists->before);
    totals["assist_prints"] = static_cast<double>(assists->after);
  }
  return totals;
}

}  // namespace reticle
