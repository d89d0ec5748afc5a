// SPDX-License-Identifier: Apache-2.0
#include "masks/correction/layout_report.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "kernels/base/error.h"
#include "masks/output_file.h"
#include "masks/reports/json_text.h"
#include "masks/reports/marker_database.h"
#include "masks/xml_text.h"

namespace reticle {
namespace {

double memory_peak_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

double total_seconds(const LayoutOutcome& outcome) {
  double seconds = 0.0;
  for (const StageSummary& stage : outcome.stages) seconds += stage.seconds;
  return seconds;
}

void write_whole(const std::filesystem::path& path, const std::string& text) {
  OutputFile output(path);
  output.write(text);
  output.commit();
}

std::string reuse_reason(const LayoutJob& job) {
  return job.tiles_reason.empty() ? "tiles of one size, whatever is drawn; equal surroundings are corrected once" : job.tiles_reason;
}

// One block in memory at a time.
void write_csv(const LayoutJob& job, const LayoutOutcome& outcome, std::ostream& out) {
  out << "x,y,x0_um,y0_um,epe_max_nm,epe_mean_abs_nm,edge_sites,l2_nm2,pv_band_nm2\n";
  for_each_block(job, outcome, [&](const BlockResults& block) {
    for (const TileRow& row : block.rows) {
      const Box core = outcome.plan.core(row.tile);
      out << fmt::format("{},{},{:.6g},{:.6g},{:.3f},{:.3f},{},{:g},{:g}\n", row.tile.x, row.tile.y,
                        core.x0 / 1e3, core.y0 / 1e3, row.epe_max_nm, row.epe_mean_abs_nm, row.edge_sites,
                        row.l2_nm2, row.pv_band_nm2);
    }
  });
}

// Green at 0, yellow at the tolerance's half, red from the tolerance on.
std::string color_of(double epe_nm, double tolerance_nm) {
  const double t = std::clamp(epe_nm / tolerance_nm, 0.0, 1.0);
  const int red = static_cast<int>(std::lround(255 * std::min(1.0, 2 * t)));
  const int green = static_cast<int>(std::lround(200 * std::min(1.0, 2 * (1 - t))));
  return fmt::format("#{:02x}{:02x}40", red, green);
}

// The worst error of squares of tiles, small enough to look at: at most k_map_side to each side.
std::string overview_map(const LayoutJob& job, const LayoutOutcome& outcome) {
  constexpr int k_map_side = 192;
  if (outcome.summary.tiles == 0) return "";
  const TileRange& range = outcome.range;
  const int side = 1 + (std::max(range.x1 - range.x0, range.y1 - range.y0) - 1) / k_map_side;
  std::map<TileIndex, double> squares;
  for_each_block(job, outcome, [&](const BlockResults& block) {
    for (const TileRow& row : block.rows) {
      double& worst = squares[{(row.tile.y - range.y0) / side, (row.tile.x - range.x0) / side}];
      worst = std::max(worst, row.epe_max_nm);
    }
  });
  const int across = (range.x1 - range.x0 - 1) / side + 1, up = (range.y1 - range.y0 - 1) / side + 1;
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 {} {}\" width=\"{}\" style=\"max-height:80vh;background:#ddd\">\n", across,
      up, "100%");
  for (const auto& [square, worst] : squares)
    svg += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"1\" height=\"1\" fill=\"{}\"><title>tile ({}, {}){}: worst "
        "{:.2f} nm</title></rect>\n",
        square.x, up - 1 - square.y, color_of(worst, job.settings.edge_tolerance_nm),
        range.x0 + square.x * side, range.y0 + square.y * side,
        side > 1 ? fmt::format(" and {} x {} from it", side, side) : "", worst);
  return svg + "</svg>\n";
}

std::string html_report(const LayoutJob& job, const LayoutOutcome& outcome) {
  std::string page = fmt::format(
      "<!doctype html><meta charset=\"utf-8\"><title>{0}</title>\n"
      "<style>body{{font:15px sans-serif;margin:2em;max-width:60em}}td,th{{padding:.2em 1em;"
      "text-align:right}}.bar{{background:#47a;height:1em}}</style>\n"
      "<h1>{0}</h1>\n<p>{1} tiles; {2}; {3:.0f} % of the work is core. {4:.2f} um&sup2; in {5:.1f} "
      "s: {6:.3f} um&sup2;/s. {7:.2f} tiles share a result on average: {8}.</p>\n",
      xml_text(job.layout.filename().string()), outcome.tiles, outcome.plan.reason,
      100 * outcome.plan.core_share(), outcome.window_um2, total_seconds(outcome),
      outcome.window_um2 / total_seconds(outcome), reuse_ratio(outcome), reuse_reason(job));
  page += fmt::format("<h2>Worst edge placement error of each tile</h2>\n<p>green: 0 nm, red: {:g} "
                      "nm or more</p>\n",
                      job.settings.edge_tolerance_nm);
  page += overview_map(job, outcome);
  page += "<h2>Totals</h2>\n<table>\n";
  for (const auto& [name, value] : outcome.summary.totals())
    page += fmt::format("<tr><td>{}<td>{:g}\n", name, value);
  page += "</table>\n<h2>Edge placement error</h2>\n<table>\n<tr><th>nm<th>edges<th>\n";
  const auto& bins = outcome.summary.epe_histogram;
  const std::int64_t most = std::max(std::int64_t{1}, *std::max_element(bins.begin(), bins.end()));
  for (std::size_t i = 0; i < bins.size(); ++i)
    page += fmt::format("<tr><td>{}{}<td>{}<td style=\"width:20em\"><div class=\"bar\" "
                        "style=\"width:{}%\"></div>\n",
                        i, i + 1 == bins.size() ? "+" : "", bins[i], 100 * bins[i] / most);
  page += "</table>\n<h2>Worst tiles</h2>\n<p>Places, with target, mask and prints over one another: "
          "<a href=\"verification/report.html\">the verification's page</a>.</p>\n<table>\n<tr><th>x<th>y<th>worst nm<th>mean nm\n";
  for (const TileRow& row : outcome.summary.worst_tiles)
    page += fmt::format("<tr><td>{}<td>{}<td>{:.2f}<td>{:.2f}\n", row.tile.x, row.tile.y,
                        row.epe_max_nm, row.epe_mean_abs_nm);
  page += "</table>\n<h2>Stages</h2>\n<table>\n<tr><th>stage<th>tiles<th>distinct<th>s\n";
  for (const StageSummary& stage : outcome.stages)
    page += fmt::format("<tr><td>{}<td>{}<td>{}<td>{:.1f}\n", stage.name, stage.tiles,
                        stage.distinct, stage.seconds);
  return page + "</table>\n";
}

std::vector<Marker> violations_of(const LayoutJob& job, const LayoutOutcome& outcome) {
  std::vector<Marker> markers;
  const double half = job.settings.edge_tolerance_nm;
  for (const EdgeViolation& found : outcome.summary.violations) {
    const Point& p = found.position;
    markers.push_back({found.missing ? "missing edge" : "edge placement",
                       {p.x - half, p.y - half, p.x + half, p.y + half},
                       found.missing ? "no printed edge near" : fmt::format("{:.2f} nm", found.epe_nm)});
  }
  return markers;
}

}  // namespace

double reuse_ratio(const LayoutOutcome& outcome) {
  if (outcome.distinct_masks == 0) return 1.0;
  return static_cast<double>(outcome.summary.tiles) / static_cast<double>(outcome.distinct_masks);
}

Box corrected_extent(const LayoutOutcome& outcome) {
  const TileRange& range = outcome.range;
  const Box low = outcome.plan.core({range.y0, range.x0}), high = outcome.plan.core({range.y1 - 1, range.x1 - 1});
  return {low.x0, low.y0, high.x1, high.y1};
}

std::string layout_report(const LayoutJob& job, const LayoutOutcome& outcome) {
  const Box corrected = corrected_extent(outcome);
  nlohmann::ordered_json json = {{"layout", job.layout.string()},
                                 {"tool_version", job.description.tool_version},
                                 {"model_hash", job.description.model_hash},
                                 {"halo", outcome.plan.reason},
                                 {"core_nm", {outcome.plan.core_x_nm, outcome.plan.core_y_nm}},
                                 {"tiles_from_nm", {outcome.plan.origin.x, outcome.plan.origin.y}},
                                 {"corrected_nm", {corrected.x0, corrected.y0, corrected.x1, corrected.y1}},
                                 {"core_share", outcome.plan.core_share()},
                                 {"tiles", outcome.tiles},
                                 {"area_um2", outcome.window_um2},
                                 {"um2_per_s", outcome.window_um2 / total_seconds(outcome)},
                                 {"reuse_ratio", reuse_ratio(outcome)},
                                 {"reuse_reason", reuse_reason(job)},
                                 {"memory_peak_mib", memory_peak_mib()}};
  for (const StageSummary& stage : outcome.stages)
    json["stages"].push_back({{"name", stage.name}, {"tiles", stage.tiles},
                              {"distinct", stage.distinct}, {"done_here", stage.here},
                              {"seconds", stage.seconds}});
  for (const auto& [name, value] : outcome.summary.totals()) json["totals"][name] = value;
  json["epe_histogram_nm"] = {{"bin", JobSummary::k_bin_nm},
                              {"counts", outcome.summary.epe_histogram}};
  json["worst_tiles"] = nlohmann::ordered_json::array();
  for (const TileRow& row : outcome.summary.worst_tiles)
    json["worst_tiles"].push_back({{"x", row.tile.x}, {"y", row.tile.y},
                                   {"epe_max_nm", row.epe_max_nm}, {"epe_mean_abs_nm", row.epe_mean_abs_nm}});
  json["recipe"] = job.description.recipe;
  return text_of(json, 2) + "\n";
}

void write_layout_reports(const LayoutJob& job, const LayoutOutcome& outcome) {
  write_whole(job.folder / "report.json", layout_report(job, outcome));
  OutputText csv(job.folder / "tiles.csv");
  write_csv(job, outcome, csv.out());
  csv.commit();
  write_whole(job.folder / "report.html", html_report(job, outcome));
  write_markers(job.folder / "violations.lyrdb", "edge placement of " + job.layout.string(),
                outcome.top_cell, violations_of(job, outcome));
}

}  // namespace reticle
