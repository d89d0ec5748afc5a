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
void print_member(const Json& json, const char* key, std::string_view name) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return;
  print_row(name, found->is_string() ? found->get<std::string>() : found->dump());
}

void print_totals(const Json& json) {
  const auto totals = json.find("totals");
  if (totals == json.end() || !totals->is_object()) return;
  for (const auto& [name, value] : totals->items())
    if (value.is_number()) print_row(name, fmt::format("{:g}", value.get<double>()));
}

void print_json(const std::filesystem::path& path) {
  const Json json = Json::parse(contents(path), nullptr, false);
  if (json.is_discarded()) throw Error(ErrorCode::bad_input, path.string() + ": is no JSON, or cut short");
  if (json.is_array()) {
    print_row("kind", "list of tiles for --only");
    print_row("tiles", std::to_string(json.size()));
    return;
  }
  const bool verification = json.contains("hot_spots"), clips = json.contains("clips");
  print_row("kind", verification ? "report of a verification" : clips ? "report of corrected clips" : "report of a corrected layout");
  for (const auto& [key, name] : {std::pair("mask", "mask"), std::pair("target", "target"), std::pair("layout", "layout"),
                                  std::pair("top_cell", "top cell"), std::pair("area_um2", "area, um2"), std::pair("tiles", "tiles"),
                                  std::pair("model_hash", "model hash"), std::pair("tool_version", "made by reticle")})
    print_member(json, key, name);
  if (clips) print_row("clips", std::to_string(json["clips"].size()));
  print_totals(json);
  if (!verification) return;
  constexpr std::size_t k_shown = 20;
  const Json& groups = json["hot_spots"];
  for (std::size_t i = 0; i < std::min(k_shown, groups.size()); ++i) {
    const Json& row = groups[i];
    print_row("  " + row.value("check", ""), fmt::format("{} of pattern {}, the worst of severity {:.1f}", row.value("count", 0),
                                                         row.value("pattern", ""), row.value("severity", 0.0)));
  }
  if (groups.size() > k_shown) print_row("  and", fmt::format("{} more groups", groups.size() - k_shown));
}

void print_table(const std::filesystem::path& path) {
  std::istringstream lines(contents(path));
  std::string heading, line;
  std::getline(lines, heading);
  const std::string kind = heading.starts_with("check,corner") ? "findings of a verification"
                           : heading.starts_with("x0_nm,")      ? "tiles of a verification"
                           : heading.starts_with("x,y,x0_um")   ? "tiles of a corrected layout"
                                                                : "table";
  std::size_t rows = 0;
  std::map<std::string, std::size_t> checks;
  for (; std::getline(lines, line); ++rows)
    if (kind.starts_with("findings")) ++checks[line.substr(0, line.find(','))];
  print_row("kind", kind);
  print_row("rows", std::to_string(rows));
  print_row("columns", heading);
  for (const auto& [check, count] : checks) print_row("  " + check, std::to_string(count));
}

// The text of the first element of a name, from a place on.
std::string element(const std::string& text, const std::string& name, std::size_t& from) {
  const std::size_t start = text.find("<" + name + ">", from);
  const std::size_t end = text.find("</" + name + ">", start);
  if (start == std::string::npos || end == std::string::npos) return from = std::string::npos, "";
  from = end;
  return text.substr(start + name.size() + 2, end - start - name.size() - 2);
}

void print_markers(const std::filesystem::path& path) {
  const std::string text = contents(path);
  std::size_t at = 0;
  print_row("kind", "markers (KLayout)");
  print_row("of", element(text, "description", at));
  at = 0;
  print_row("top cell", element(text, "top-cell", at));
  std::map<std::string, std::size_t> categories;
  at = text.find("<items>");
  while (at != std::string::npos) {
    const std::string category = element(text, "category", at);
    if (at != std::string::npos) ++categories[category];
  }
  for (const auto& [category, count] : categories) print_row("  " + category, std::to_string(count));
}

void print_page(const std::filesystem::path& path) {
  const std::string text = contents(path);
  std::size_t at = 0;
  print_row("kind", "page");
  print_row("title", element(text, "title", at));
  print_row("size", fmt::format("{:.2f} MB", 1e-6 * static_cast<double>(text.size())));
}

}  // namespace

void print_row(std::string_view name, const std::string& value) {
  if (!value.empty()) fmt::print("{:<18} {}\n", name, value);
}

void print_text(std::string_view name, const std::string& text) {
  if (text.empty()) return;
  fmt::print("{}:\n", name);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    fmt::print("  {}\n", text.substr(at, end - at));
    at = end + 1;
  }
}

void print_job(const std::filesystem::path& path) {
  const std::filesystem::path folder = std::filesystem::is_directory(path) ? path : path.parent_path();
  const std::filesystem::path report = folder / "report.json", job_path = folder / "job.h5";
  if (!std::filesystem::exists(job_path)) {
    if (std::filesystem::exists(report)) return print_json(report);
    throw Error(ErrorCode::bad_input, path.string() + ": this folder holds no job.h5 and no report.json of ours");
  }
  const JobDescription job = read_job(job_path);
  const bool verification = std::filesystem::is_directory(folder / "tiles") && !std::filesystem::is_directory(folder / "blocks");
  print_row("job", verification ? "verification of a layout's mask" : "correction of a layout");
  print_row("made by", "reticle " + job.tool_version);
  print_row("selection", job.selection);
  print_row("tiling", job.tiling);
  print_row("model hash", job.model_hash);
  print_row("input SHA-256", job.input_sha256);
  print_row("state", std::filesystem::exists(report) ? "finished" : "not finished: go on with --resume");
  if (std::filesystem::exists(report)) print_json(report);
  if (const auto own = folder / "verification/report.json"; std::filesystem::exists(own)) {
    print_row("verification", own.parent_path().string());
    print_json(own);
  }
  print_text("recipe", job.recipe);
}

bool print_report(const std::filesystem::path& path) {
  const std::string extension = lower_extension(path);
  if (extension == ".json") print_json(path);
  else if (extension == ".csv") print_table(path);
  else if (extension == ".lyrdb") print_markers(path);
  else if (extension == ".html") print_page(path);
  else if (extension == ".toml") print_row("kind", "recipe"), print_text("recipe", contents(path));
  else if (extension == ".usda") print_row("kind", "scene (USD text)"), print_row("size", fmt::format("{:.2f} MB", 1e-6 * static_cast<double>(std::filesystem::file_size(path))));
  else if (extension == ".svg") print_row("kind", "picture (SVG)"), print_row("size", fmt::format("{:.2f} MB", 1e-6 * static_cast<double>(std::filesystem::file_size(path))));
  else return false;
  return true;
}

}  // namespace reticle::tools
