// SPDX-License-Identifier: Apache-2.0
#include "masks/reports/verification_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>

#include "masks/output_file.h"
#include "masks/reports/json_text.h"

namespace reticle {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t k_most_groups = 10000, k_most_places = 20;  // of each group; all findings are in the CSV

Json edges_json(const VerificationReport& report) {
  Json json;
  for (std::size_t c = 0; c < report.measures.edges.size(); ++c)
    for (std::size_t k = 0; k < k_edge_class_names.size(); ++k) {
      const EdgeStatistics& edges = report.measures.edges[c][k];
      const double sites = static_cast<double>(std::max<std::int64_t>(1, edges.sites));
      json[report.settings.corners[c].name][k_edge_class_names[k]] = {{"sites", edges.sites},
                                                                     {"violations", edges.violations},
                                                                     {"epe_max_nm", edges.max_abs_nm},
                                                                     {"epe_mean_abs_nm", edges.sum_abs_nm / sites},
                                                                     {"epe_mean_nm", edges.sum_nm / sites}};
    }
  return json;
}

Json place_json(const VerificationReport& report, const Finding& finding) {
  Json json = {{"x_nm", finding.place.x},
               {"y_nm", finding.place.y},
               {"value", finding.value},
               {"limit", finding.limit},
               {"severity", finding.severity}};
  if (finding.corner >= 0) json["corner"] = report.settings.corners[static_cast<std::size_t>(finding.corner)].name;
  return json;
}

void write_json(const VerificationReport& report, std::ostream& out) {
  const VerificationSubject& subject = report.subject;
  Json json = {{"mask", subject.mask},
               {"mask_part", subject.mask_part},
               {"mask_sha256", subject.mask_sha256},
               {"target", subject.target},
               {"target_part", subject.target_part},
               {"target_sha256", subject.target_sha256},
               {"top_cell", subject.top_cell},
               {"model", subject.model},
               {"model_hash", subject.model_hash},
               {"tool_version", subject.tool_version},
               {"window_nm", {report.window.x0, report.window.y0, report.window.x1, report.window.y1}},
               {"area_um2", report.window.width() * report.window.height() * 1e-6},
               {"tiles", report.tiles.size()},
               {"seconds", report.seconds}};
  for (const auto& [name, value] : totals_of(report)) json["totals"][name] = value;
  json["edges"] = edges_json(report);
  json["epe_histogram_nm"] = {{"bin", 0.5}, {"counts", report.measures.epe_histogram}};
  json["recipe"] = subject.recipe;
  json["hot_spots_in_all"] = report.findings.groups().size();
  // The hot spots, which may be many, one by one behind the rest.
  std::string head = text_of(json, 2);
  out << head.substr(0, head.size() - 2) << ",\n  \"hot_spots\": [";
  std::size_t written = 0;
  for (const HotSpotGroup& group : report.findings.groups()) {
    if (written == k_most_groups) break;
    const Json row = {{"check", info(group.check).name},
                      {"title", info(group.check).title},
                      {"unit", info(group.check).unit},
                      {"pattern", fmt::format("{:016x}", group.pattern)},
                      {"count", group.count},
                      {"severity", report.findings[group.worst].severity}};
    const std::string text = text_of(row);
    out << (written++ == 0 ? "\n    " : ",\n    ") << text.substr(0, text.size() - 1) << ",\"places\":[";
    for (std::size_t i = 0; i < std::min(group.count, k_most_places); ++i)
      out << (i > 0 ? ",\n      " : "\n      ") << text_of(place_json(report, report.findings[report.findings.place(group, i)]));
    out << "]}";
  }
  out << (written == 0 ? "]\n}\n" : "\n  ]\n}\n");
}

}  // namespace

std::string verification_json(const VerificationReport& report) {
  std::ostringstream out;
  write_json(report, out);
  return std::move(out).str();
}

void write_verification_json(const std::filesystem::path& path, const VerificationReport& report) {
  OutputText file(path);
  write_json(report, file.out());
  file.commit();
}

}  // namespace reticle
