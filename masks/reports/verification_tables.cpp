// SPDX-License-Identifier: Apache-2.0
#include "masks/reports/verification_tables.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <vector>

#include "masks/output_file.h"
#include "masks/reports/marker_database.h"

namespace reticle {

namespace {

std::string corner_name(const VerificationReport& report, const Finding& finding) {
  return finding.corner < 0 ? "" : report.settings.corners[static_cast<std::size_t>(finding.corner)].name;
}

// As a cell of CSV: quoted where it needs to be.
std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
  return out;
}

}  // namespace

void write_findings_csv(const std::filesystem::path& path, const VerificationReport& report) {
  OutputText table(path);
  table.out() << "check,corner,x_nm,y_nm,value,limit,unit,severity,pattern,x0_nm,y0_nm,x1_nm,y1_nm\n";
  for (const Finding& f : report.findings)
    fmt::print(table.out(), "{},{},{:.3f},{:.3f},{:.6g},{:.6g},{},{:.3f},{:016x},{:.3f},{:.3f},{:.3f},{:.3f}\n",
               info(f.check).name, csv_cell(corner_name(report, f)), f.place.x, f.place.y, f.value, f.limit,
               info(f.check).unit, f.severity, f.pattern, f.box.x0, f.box.y0, f.box.x1, f.box.y1);
  table.commit();
}

void write_tiles_csv(const std::filesystem::path& path, const VerificationReport& report) {
  OutputText table(path);
  table.out() << "x0_nm,y0_nm,x1_nm,y1_nm,findings,severity,epe_max_nm,epe_mean_abs_nm,edge_sites,l2_nm2,pv_band_nm2,"
                 "pv_band_max_nm,nils_min\n";
  for (const VerifiedTile& t : report.tiles)
    fmt::print(table.out(), "{:g},{:g},{:g},{:g},{},{:.3f},{:.3f},{:.3f},{},{:.3f},{:.3f},{:.3f},{:.3f}\n", t.core.x0,
               t.core.y0, t.core.x1, t.core.y1, t.findings, t.severity, t.epe_max_nm, t.epe_mean_abs_nm,
               t.sites, t.l2_nm2, t.pv_band_nm2, t.pv_band_max_nm, t.nils_min);
  table.commit();
}

void write_repair_list(const std::filesystem::path& path, const VerificationReport& report, const TilePlan& tiling, double reach_nm) {
  constexpr double k_severe = 3.0;  // severity: half a limit beyond it
  RecordSorter<TileIndex, std::less<TileIndex>> tiles(path.parent_path());
  for (const Finding& f : report.findings) {
    if (f.severity < k_severe) break;  // as all that follow
    const Box near{f.place.x - reach_nm, f.place.y - reach_nm, f.place.x + reach_nm, f.place.y + reach_nm};
    for (const TileIndex& tile : tiling.tiles_in(near)) tiles.add(tile);
  }
  OutputText file(path);
  file.out() << '[';
  std::optional<TileIndex> last;
  for (const TileIndex& tile : tiles.take()) {
    if (last == tile) continue;
    fmt::print(file.out(), "{}[{}, {}]", last ? ", " : "", tile.x, tile.y);
    last = tile;
  }
  file.out() << "]\n";
  file.commit();
}

void write_finding_markers(const std::filesystem::path& path, const VerificationReport& report) {
  constexpr std::size_t k_most_markers = 10000;  // of a check
  std::vector<MarkerCategory> categories;
  std::array<std::size_t, k_checks> left{};
  for (std::size_t i = 0; i < k_checks; ++i) {
    const CheckInfo& check = info(static_cast<Check>(i));
    const std::size_t count = report.findings.count(static_cast<Check>(i));
    left[i] = std::min(count, k_most_markers);
    if (count > 0)
      categories.push_back({std::string(check.name), count > k_most_markers ? fmt::format("{}: the worst {} of {}; all are in findings.csv", check.title, k_most_markers, count)
                                                                            : std::string(check.title)});
  }
  std::size_t to_write = std::accumulate(left.begin(), left.end(), std::size_t{0});
  MarkerFile file(path, report.subject.mask + " against " + report.subject.target, report.subject.top_cell, categories);
  for (const Finding& f : report.findings) {
    if (to_write == 0) break;
    std::size_t& of_check = left[static_cast<std::size_t>(f.check)];
    if (of_check == 0) continue;
    --of_check, --to_write;
    const CheckInfo& check = info(f.check);
    const std::string corner = corner_name(report, f);
    const std::string unit = fmt::format("{}{}", check.unit.empty() ? "" : " ", check.unit);
    file.add({std::string(check.name), f.box,
              fmt::format("{:.4g}{}{}{}", f.value, unit, f.limit != 0.0 ? fmt::format(" (limit {:.4g}{})", f.limit, unit) : "",
                          corner.empty() ? "" : " at corner " + corner),
              {f.value, f.limit, f.severity}});
  }
  file.finish();
}

}  // namespace reticle
