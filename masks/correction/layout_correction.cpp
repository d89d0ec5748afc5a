// SPDX-License-Identifier: Apache-2.0
#include "masks/correction/layout_correction.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "masks/correction/layout_report.h"
#include "masks/job/verify_job.h"
#include "masks/layout/layout.h"
#include "masks/recipes/recipes.h"
#include "masks/reports/verification_files.h"
#include "masks/reports/verification_tables.h"
#include "masks/sha256.h"

namespace reticle {

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

VerifyJob verify_job(const LayoutJob& job, const OpticalModel& model, const VerifySettings& settings,
                     const LayoutOutcome& correction) {
  VerifyJob verify;
  verify.mask = job.mask_layout.path.empty() ? job.folder / "mask.gds" : job.mask_layout.path;
  verify.mask_part.layers = {job.mask_layout.layer};
  verify.target = job.layout;
  verify.target_part = job.part;
  verify.target_index = layout_index_in(job.folder);
  verify.folder = job.folder / "verification";
  verify.model = model;
  const TilePlan& plan = correction.plan;  // edges move kernels to larger tiles than the job's model has
  const Point period{plan.core_x_nm + 2.0 * plan.halo_nm, plan.core_y_nm + 2.0 * plan.halo_nm};
  if (period == Point{job.model.period_x_nm, job.model.period_y_nm}) verify.tile_model = std::make_shared<const OpticalModel>(job.model);
  else verify.tile_period_nm = period;
  verify.tiles_from = plan.origin;
  verify.mask_extent = corrected_extent(correction);
  verify.settings = settings;
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
  verify.draws_places = true;
  verify.start = JobStart::resume;
  return verify;
}

}  // namespace

VerifySettings verification_of(const LayoutJob& job) {
  VerifySettings settings = verify_settings(job.settings, job.model);
  if (job.method != MaskMethod::ilt) settings.corner_radius_nm = job.edges.opc.corner_radius_nm;
  return settings;
}

LayoutCorrection correct_layout(LayoutJob& job, const OpticalModel& model, const VerifySettings& verification,
                                const JobWatcher& watcher, const std::function<void(const LayoutOutcome&)>& corrected) {
  LayoutCorrection result;
  LayoutOutcome& outcome = result.outcome = run_layout_job(job, watcher);
  job.input.reset();  // what follows reads the layout again
  if (watcher.interrupted() || (!outcome.finished && !outcome.by_another)) return result;
  if (outcome.finished) {
    write_layout_reports(job, outcome);
    corrected(outcome);
    result.totals = outcome.summary.totals();
  }
  if (!job.only.empty()) return result;
  const VerifyJob verify = verify_job(job, model, verification, outcome);
  forget_other_masks(verify);
  VerifyOutcome verified = run_verify_job(verify, watcher);
  if (!verified.finished) return result;
  write_verification(verify.folder, verified.report, *verified.model, verified.places);
  write_repair_list(verify.folder / "repair.json", verified.report, outcome.plan, resolution_nm(job.model));
  for (const auto& [name, value] : totals_of(verified.report)) result.totals[name] = value;
  result.verification = std::move(verified.report);
  return result;
}

}  // namespace reticle
