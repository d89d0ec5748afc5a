// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/report_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "kernels/base/error.h"
#include "masks/file_names.h"
#include "masks/job/job_file.h"

namespace reticle::tools {
namespace {

using Json = nlohmann::json;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw Error(ErrorCode::io, path.string() + ": cannot be read");
  return text.str();
}

// Text and numbers as they are, of a key that is there.
void add_member(InfoRows& rows, const Json& json, const char* key, std::string_view name) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return;
  rows.row(name, found->is_string() ? found->get<std::string>() : found->dump());
}

void add_totals(InfoRows& rows, const Json& json) {
  const auto totals = json.find("totals");
  if (totals == json.end() || !totals->is_object()) return;
  for (const auto& [name, value] : totals->items())
    if (value.is_number()) rows.row(name, fmt::format("{:g}", value.get<double>()));
}

void add_json(InfoRows& rows, const std::filesystem::path& path) {
  const Json json = Json::parse(contents(path), nullptr, false);
  if (json.is_discarded()) throw Error(ErrorCode::bad_input, path.string() + ": is no JSON, or cut short");
  if (json.is_array()) {
    rows.row("kind", "list of tiles for --only");
    rows.row("tiles", std::to_string(json.size()));
    return;
  }
  const bool verification = json.contains("hot_spots"), clips = json.contains("clips");
  rows.row("kind", verification ? "report of a verification" : clips ? "report of corrected clips" : "report of a corrected layout");
  for (const auto& [key, name] : {std::pair("mask", "mask"), std::pair("target", "target"), std::pair("layout", "layout"),
                                  std::pair("top_cell", "top cell"), std::pair("area_um2", "area, um2"), std::pair("tiles", "tiles"),
                                  std::pair("model_hash", "model hash"), std::pair("tool_version", "made by reticle")})
    add_member(rows, json, key, name);
  if (clips) rows.row("clips", std::to_string(json["clips"].size()));
  add_totals(rows, json);
  if (!verification) return;
  constexpr std::size_t k_shown = 20;
  const Json& groups = json["hot_spots"];
  for (std::size_t i = 0; i < std::min(k_shown, groups.size()); ++i) {
    const Json& row = groups[i];
    rows.row("  " + row.value("check", ""), fmt::format("{} of pattern {}, the worst of severity {:.1f}", row.value("count", 0),
                                                         row.value("pattern", ""), row.value("severity", 0.0)));
  }
  const std::size_t count = json.value("hot_spots_in_all", groups.size());
  if (count > k_shown) rows.row("  and", fmt::format("{} more groups", count - k_shown));
}

void add_table(InfoRows& rows, const std::filesystem::path& path) {
  std::istringstream lines(contents(path));
  std::string heading, line;
  std::getline(lines, heading);
  const std::string kind = heading.starts_with("check,corner") ? "findings of a verification"
                           : heading.starts_with("x0_nm,")      ? "tiles of a verification"
                           : heading.starts_with("x,y,x0_um")   ? "tiles of a corrected layout"
                                                                : "table";
  std::size_t count = 0;
  std::map<std::string, std::size_t> checks;
  for (; std::getline(lines, line); ++count)
    if (kind.starts_with("findings")) ++checks[line.substr(0, line.find(','))];
  rows.row("kind", kind);
  rows.row("rows", std::to_string(count));
  rows.row("columns", heading);
  for (const auto& [check, places] : checks) rows.row("  " + check, std::to_string(places));
}

// The text of the first element of a name, from a place on.
std::string element(const std::string& text, const std::string& name, std::size_t& from) {
  const std::size_t start = text.find("<" + name + ">", from);
  const std::size_t end = text.find("</" + name + ">", start);
  if (start == std::string::npos || end == std::string::npos) return from = std::string::npos, "";
  from = end;
  return text.substr(start + name.size() + 2, end - start - name.size() - 2);
}

void add_markers(InfoRows& rows, const std::filesystem::path& path) {
  const std::string text = contents(path);
  std::size_t at = 0;
  rows.row("kind", "markers (KLayout)");
  rows.row("of", element(text, "description", at));
  at = 0;
  rows.row("top cell", element(text, "top-cell", at));
  std::map<std::string, std::size_t> categories;
  at = text.find("<items>");
  while (at != std::string::npos) {
    const std::string category = element(text, "category", at);
    if (at != std::string::npos) ++categories[category];
  }
  for (const auto& [category, count] : categories) rows.row("  " + category, std::to_string(count));
}

void add_page(InfoRows& rows, const std::filesystem::path& path) {
  const std::string text = contents(path);
  std::size_t at = 0;
  rows.row("kind", "page");
  rows.row("title", element(text, "title", at));
  rows.row("size", fmt::format("{:.2f} MB", 1e-6 * static_cast<double>(text.size())));
}

}  // namespace

void add_job(InfoRows& rows, const std::filesystem::path& path) {
  const std::filesystem::path folder = std::filesystem::is_directory(path) ? path : path.parent_path();
  const std::filesystem::path report = folder / "report.json", job_path = folder / "job.h5";
  if (!std::filesystem::exists(job_path)) {
    if (std::filesystem::exists(report)) return add_json(rows, report);
    throw Error(ErrorCode::bad_input, path.string() + ": this folder holds no job.h5 and no report.json of ours");
  }
  const JobDescription job = read_job(job_path);
  const bool verification = std::filesystem::is_directory(folder / "tiles") && !std::filesystem::is_directory(folder / "blocks");
  rows.row("job", verification ? "verification of a layout's mask" : "correction of a layout");
  rows.row("made by", "reticle " + job.tool_version);
  rows.row("selection", job.selection);
  rows.row("tiling", job.tiling);
  rows.row("model hash", job.model_hash);
  rows.row("input SHA-256", job.input_sha256);
  rows.row("state", std::filesystem::exists(report) ? "finished" : "not finished: go on with --resume");
  if (std::filesystem::exists(report)) add_json(rows, report);
  if (const auto own = folder / "verification/report.json"; std::filesystem::exists(own)) {
    rows.row("verification", own.parent_path().string());
    add_json(rows, own);
  }
  rows.row("recipe", job.recipe);
}

bool add_report(InfoRows& rows, const std::filesystem::path& path) {
  const std::string extension = lower_extension(path);
  if (extension == ".json") add_json(rows, path);
  else if (extension == ".csv") add_table(rows, path);
  else if (extension == ".lyrdb") add_markers(rows, path);
  else if (extension == ".html") add_page(rows, path);
  else if (extension == ".toml") rows.row("kind", "recipe"), rows.row("recipe", contents(path));
  else if (extension == ".usda") rows.row("kind", "scene (USD text)"), rows.row("size", fmt::format("{:.2f} MB", 1e-6 * static_cast<double>(std::filesystem::file_size(path))));
  else if (extension == ".svg") rows.row("kind", "picture (SVG)"), rows.row("size", fmt::format("{:.2f} MB", 1e-6 * static_cast<double>(std::filesystem::file_size(path))));
  else return false;
  return true;
}

}  // namespace reticle::tools
