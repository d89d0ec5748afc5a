// SPDX-License-Identifier: Apache-2.0
// What is known of a job's tiles in bounded memory: sums, a histogram, the worst of them. Summaries of
// parts add up; in the order of the parts, to the last bit.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "litho/chip/tile_result.h"
#include "litho/chip/tiling.h"

namespace reticle {

// One tile's finished core.
struct TileRow {
  TileIndex tile;
  double epe_max_nm = 0.0, epe_mean_abs_nm = 0.0;
  std::int64_t edge_sites = 0, epe_violations = 0;
  double l2_nm2 = 0.0, pv_band_nm2 = 0.0, mask_nm2 = 0.0;
};

TileRow row_of(TileIndex tile, const TileMeasures& measures, double mask_nm2, double tolerance_nm);

struct EdgeViolation {
  Point position;  // nm, in the layout
  double epe_nm = 0.0;
  bool missing = false;  // no contour within the search range
};

struct JobSummary {
  static constexpr double k_bin_nm = 1.0;
  static constexpr std::size_t k_bins = 21;  // the last holds all from 20 nm
  static constexpr std::size_t k_worst_tiles = 20;
  static constexpr std::size_t k_most_violations = 10000;

  std::int64_t tiles = 0;  // with something drawn in or near them
  std::array<std::int64_t, k_bins> epe_histogram{};
  PrintedFeatures features;
  std::optional<AssistPrints> assists;
  std::int64_t edge_sites = 0, epe_violations = 0;
  double epe_sum_nm = 0.0, epe_max_nm = 0.0;
  double l2_nm2 = 0.0, pv_band_nm2 = 0.0, mask_nm2 = 0.0;
  std::vector<TileRow> worst_tiles;        // by epe_max_nm, then in the order of tiles; equal ones once
  std::vector<EdgeViolation> violations;   // the largest, then in the order they were added

  void add(const TileRow& row, const TileMeasures& measures, Point core_corner, double tolerance_nm);
  void add(const JobSummary& other);
  // By the names used in files, JSON and tables.
  std::map<std::string, double> totals() const;
};

}  // namespace reticle
