// SPDX-License-Identifier: Apache-2.0
// Metrics of masks as JSON and as a table for people.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "litho/rules/mask_rule_set.h"
#include "litho/verification/evaluation.h"
#include "masks/reports/verification_report.h"

namespace reticle::tools {

// By the names used in files, JSON, gates and tables: a verification's totals (totals_of()), and of the mask
// shots, min_width_nm, min_space_nm and components. What does not exist (the space of a mask with one shape) is
// left out.
using Metrics = std::map<std::string, double>;
void add_mask_metrics(const BitImage& mask, const Grid& grid, Metrics& metrics);
// The same of an evaluation, with the report of its verification.
Metrics metrics_of(const MaskEvaluation& evaluation, const VerificationReport& report);

// name, unit, and values at both scales, of the rules that are there.
nlohmann::ordered_json rules_json(const MaskRuleSet& rules);

// The table's columns first; null for what is left out of them.
nlohmann::ordered_json metrics_json(const Metrics& metrics);

struct ReportRow {
  std::string name;
  Metrics metrics;
  double seconds = -1.0;  // negative in all rows: no such column
};
// One line for each mask under a line of headings, then the mean.
std::string report_table(const std::vector<ReportRow>& rows);

}  // namespace reticle::tools
