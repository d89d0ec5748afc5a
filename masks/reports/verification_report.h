// SPDX-License-Identifier: Apache-2.0
// What a verification found, for all who report it: totals, hot spots in order, equal ones together.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "litho/verification/check.h"
#include "litho/verification/region_check.h"
#include "litho/verification/verify_settings.h"
#include "masks/reports/finding_list.h"
#include "masks/reports/record_list.h"

namespace reticle {

// What was verified, with what.
struct VerificationSubject {
  std::string mask, target, model;  // file names
  std::string mask_part, target_part;  // layers and cells, for people
  std::string top_cell;             // of the layout that markers are shown on
  std::string mask_sha256, target_sha256, model_hash;
  std::string recipe;               // TOML, every value
  std::string tool_version;
  std::string date;                 // of the run
};

// One tile of the map.
struct VerifiedTile {
  Box core;
  double epe_max_nm = 0.0, epe_mean_abs_nm = 0.0, l2_nm2 = 0.0, pv_band_nm2 = 0.0, pv_band_max_nm = 0.0, nils_min = 0.0;
  std::int64_t sites = 0, findings = 0;
  double severity = 0.0;  // of the worst finding
};

struct VerificationReport {
  VerificationSubject subject;
  VerifySettings settings;  // resolved
  Box window;               // that was judged, nm
  RegionMeasures measures;
  RecordList<VerifiedTile> tiles;  // with something drawn or found in them
  FindingList findings;            // layout coordinates
  double seconds = 0.0;
};

// Findings of a check that are one where they are this near, as two tiles find at their seam.
double one_place_nm(const OpticalModel& model);

// Of one region.
FindingList ranked(std::vector<Finding> findings, const OpticalModel& model);

// By the names used in JSON, tables and gates: l2_nm2, pv_band_nm2, epe_max_nm, epe_mean_abs_nm, epe_violations,
// nils_min, where corners may round epe_rounded_mean_abs_nm and epe_rounded_max_nm (beyond the room that leaves, of all
// sites) and epe_rounded_sites (that have such room), findings, faults (joined otherwise than drawn), the number of each
// kind of fault, and of each other check that has findings, by its plural.
std::map<std::string, double> totals_of(const VerificationReport& report);

// "bridges": of a check's findings.
std::string plural_of(Check check);

VerifiedTile tile_of(const Box& core, const RegionReport& report);

// The same as squares of several tiles to a side where there are more than about `most`: of each the worst, sums of areas.
// `folder`: of a ScratchFile.
void each_square(const RecordList<VerifiedTile>& tiles, std::size_t most, const std::filesystem::path& folder,
                 const std::function<void(const VerifiedTile&)>& visit);

// Of a clip: one tile.
VerificationReport report_of_clip(VerificationSubject subject, const VerifySettings& settings, const OpticalModel& model,
                                  const Box& window, RegionReport found);

}  // namespace reticle
