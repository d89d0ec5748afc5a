// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/verification_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "masks/job/verify_job.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/recipes/recipes.h"
#include "masks/reports/verification_json.h"
#include "masks/reports/verification_page.h"
#include "masks/reports/verification_tables.h"
#include "masks/sha256.h"
#include "tools/reticle/layout_report.h"

namespace reticle::tools {

std::string time_of_day() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  char text[32] = {};
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", std::gmtime(&now));
  return std::string(text) + " UTC";
}

void check_verification_files(const std::filesystem::path& folder, Existing existing) {
  check_outputs_in(folder, {"report.json", "findings.csv", "tiles.csv", "findings.lyrdb", "report.html"}, existing);
}

void write_verification(const std::filesystem::path& folder, const VerificationReport& report,
                        const OpticalModel& model, const ShownPlaces& places) {
  write_verification_json(folder / "report.json", report);
  write_findings_csv(folder / "findings.csv", report);
  write_tiles_csv(folder / "tiles.csv", report);
  write_finding_markers(folder / "findings.lyrdb", report);
  write_verification_page(folder / "report.html", report, model, places);
}

void print_verification(const VerificationReport& report, const std::filesystem::path& folder) {
  for (const auto& [name, value] : totals_of(report)) fmt::print("{:<18} {:g}\n", name, value);
  const auto& groups = report.findings.groups();
  if (!groups.empty())
    fmt::print("\n{:<36} {:>6} {:>12} {:>12} {:>10} {:>10}  {}\n", "worst", "count", "x_um", "y_um", "value", "limit", "corner");
  constexpr std::size_t k_shown = 20;
  for (std::size_t i = 0; i < std::min(k_shown, groups.size()); ++i) {
    const HotSpotGroup group = groups[i];
    const Finding worst = report.findings[group.worst];
    fmt::print("{:<36} {:>6} {:>12.4f} {:>12.4f} {:>10.4g} {:>10.4g}  {}\n", info(worst.check).title,
               group.count, worst.place.x / 1e3, worst.place.y / 1e3, worst.value, worst.limit,
               worst.corner < 0 ? "" : report.settings.corners[static_cast<std::size_t>(worst.corner)].name);
  }
  if (groups.size() > k_shown)
    fmt::print("and {} more groups; {}\n", groups.size() - k_shown,
               folder.empty() ? "-o FOLDER writes all" : "all are in " + (folder / "report.html").string() + " and the files beside it");
}

namespace {

// What was verified of a mask that is no more. Workers that share a folder leave each other's results, which are
// found by what they were computed from.
void forget_other_masks(const VerifyJob& verify) {
  const std::filesystem::path path = verify.folder / "job.h5";
  if (verify.access == JobAccess::alone) {
    std::filesystem::remove_all(verify.folder);
  } else if (std::filesystem::exists(path) && !read_job(path).input_sha256.starts_with(sha256_of_file(verify.mask))) {
    std::error_code gone;
    std::filesystem::remove(path, gone);
  }
}

}  // namespace

VerifySettings settings_of_verification(const LayoutJob& job, const QualityGates& gates) {
  VerifySettings settings = verify_settings(job.settings, job.model);
  if (job.method != MaskMethod::ilt) settings.corner_radius_nm = job.edges.opc.corner_radius_nm;
  tools::apply(gates, settings.mask_rules);
  check(settings.mask_rules);
  return settings;
}

VerificationReport verify_correction(const LayoutJob& job, const OpticalModel& model, const LayoutOutcome& correction,
                                     const QualityGates& gates, const JobWatcher& watcher) {
  VerifyJob verify;
  verify.mask = job.mask_layout.path.empty() ? job.folder / "mask.gds" : job.mask_layout.path;
  verify.mask_part.layers = {job.mask_layout.layer};
  verify.target = job.layout;
  verify.target_part = job.part;
  verify.folder = job.folder / "verification";
  verify.model = model;
  const TilePlan& plan = correction.plan;  // edges move kernels to larger tiles than the job's model has
  verify.tile_period_nm = {plan.core_x_nm + 2.0 * plan.halo_nm, plan.core_y_nm + 2.0 * plan.halo_nm};
  verify.tiles_from = plan.origin;
  verify.mask_extent = corrected_extent(correction);
  verify.settings = settings_of_verification(job, gates);
  verify.subject = {.mask = verify.mask.string(),
                    .target = job.layout.string(),
                    .mask_part = "layer " + to_string(job.mask_layout.layer),
                    .top_cell = correction.top_cell,
                    .model_hash = job.description.model_hash,
                    .recipe = print_verify_recipe(verify.settings),
                    .tool_version = job.description.tool_version,
                    .date = time_of_day()};
  verify.threads = job.threads;
  verify.halo_nm = job.chip.halo_nm;
  verify.access = job.access;
  verify.crew = job.crew;
  verify.collects = correction.finished;
  verify.start = JobStart::resume;
  forget_other_masks(verify);
  VerifyOutcome outcome = run_verify_job(verify, watcher);
  if (!outcome.finished) return std::move(outcome.report);
  write_verification(verify.folder, outcome.report, *outcome.model, outcome.places);
  write_repair_list(verify.folder / "repair.json", outcome.report, correction.plan, resolution_nm(job.model));
  return std::move(outcome.report);
}

}  // namespace reticle::tools
