// Metrics of masks as JSON and as a table for people.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "litho/verification/evaluation.h"

namespace reticle::tools {

// Metrics by the names used in files, JSON and tables: l2_px, pvb_px, epe_violations, epe_max_nm,
// epe_mean_abs_nm, shots, min_width_nm, min_space_nm, components. What does not exist (the space of
// a mask with one shape) is left out.
using Metrics = std::map<std::string, double>;
Metrics metrics_of(const MaskEvaluation& evaluation);

// In the order above; null for what is left out.
nlohmann::ordered_json metrics_json(const Metrics& metrics);

struct ReportRow {
  std::string name;
  Metrics metrics;
  double seconds = -1.0;  // negative in all rows: no such column
};
// One line for each mask under a line of headings, then the mean.
std::string report_table(const std::vector<ReportRow>& rows);

}  // namespace reticle::tools
