// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "litho/metrology/mask_rules.h"
#include "litho/metrology/shots.h"

namespace reticle::tools {
namespace {

struct Column {
  const char* name;
  int decimals;
};

constexpr std::array k_columns = {
    Column{"l2_nm2", 0},          Column{"pv_band_nm2", 0}, Column{"epe_violations", 0}, Column{"epe_max_nm", 2},
    Column{"epe_mean_abs_nm", 2}, Column{"faults", 0},      Column{"shots", 0},          Column{"min_width_nm", 1},
    Column{"min_space_nm", 1},    Column{"components", 0},
};

// Right-aligned under its heading; a dash for what does not exist.
std::string cell(const Column& column, const Metrics& metrics) {
  const int width = std::max(8, static_cast<int>(std::string_view(column.name).size()));
  const auto found = metrics.find(column.name);
  if (found == metrics.end()) return fmt::format("  {:>{}}", "-", width);
  return fmt::format("  {:>{}.{}f}", found->second, width, column.decimals);
}

ReportRow mean_of(const std::vector<ReportRow>& rows) {
  ReportRow mean{"mean", {}, 0.0};
  for (const ReportRow& row : rows) mean.seconds += row.seconds / static_cast<double>(rows.size());
  for (const Column& column : k_columns) {
    double sum = 0.0;
    int count = 0;
    for (const ReportRow& row : rows) {
      if (const auto found = row.metrics.find(column.name); found != row.metrics.end()) {
        sum += found->second;
        ++count;
      }
    }
    if (count > 0) mean.metrics[column.name] = sum / count;
  }
  return mean;
}

}  // namespace

namespace {

void add_rules(const MaskRules& rules, Metrics& metrics) {
  metrics["components"] = rules.components;
  if (rules.min_width) metrics["min_width_nm"] = rules.min_width->distance_nm;
  if (rules.min_space) metrics["min_space_nm"] = rules.min_space->distance_nm;
}

}  // namespace

void add_mask_metrics(const BitImage& mask, const Grid& grid, Metrics& metrics) {
  metrics["shots"] = static_cast<double>(count_shots(mask));
  add_rules(measure_mask_rules(mask, grid), metrics);
}

Metrics metrics_of(const MaskEvaluation& evaluation, const VerificationReport& report) {
  Metrics metrics = totals_of(report);
  metrics["features"] = static_cast<double>(evaluation.report.drawn_features);
  metrics["shots"] = static_cast<double>(evaluation.report.shots);
  add_rules(evaluation.report.rules, metrics);
  return metrics;
}

nlohmann::ordered_json rules_json(const MaskRuleSet& rules) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const RuleLine& line : rule_lines(rules))
    json.push_back({{"name", line.name}, {"wafer", line.wafer}, {"mask", line.mask}, {"unit", line.unit}});
  return json;
}

nlohmann::ordered_json metrics_json(const Metrics& metrics) {
  nlohmann::ordered_json json;
  for (const Column& column : k_columns) {
    const auto found = metrics.find(column.name);
    if (found == metrics.end()) {
      json[column.name] = nullptr;
    } else if (column.decimals == 0 && !std::string_view(column.name).ends_with("_nm2")) {
      json[column.name] = std::llround(found->second);
    } else {
      json[column.name] = found->second;
    }
  }
  for (const auto& [name, value] : metrics) {
    if (json.contains(name)) continue;
    if (value == std::round(value)) json[name] = std::llround(value);
    else json[name] = value;
  }
  return json;
}

std::string report_table(const std::vector<ReportRow>& rows) {
  if (rows.empty()) return "";
  std::size_t width = 4;
  for (const ReportRow& row : rows) width = std::max(width, row.name.size());
  const bool timed = std::any_of(rows.begin(), rows.end(),
                                 [](const ReportRow& row) { return row.seconds >= 0.0; });

  std::string table = fmt::format("{:<{}}", "clip", width);
  for (const Column& column : k_columns) table += fmt::format("  {:>8}", column.name);
  if (timed) table += fmt::format("  {:>8}", "seconds");
  table += '\n';
  const auto add = [&](const ReportRow& row) {
    table += fmt::format("{:<{}}", row.name, width);
    for (const Column& column : k_columns) table += cell(column, row.metrics);
    if (timed) table += fmt::format("  {:>8.2f}", row.seconds);
    table += '\n';
  };
  for (const ReportRow& row : rows) add(row);
  if (rows.size() > 1) add(mean_of(rows));
  return table;
}

}  // namespace reticle::tools
