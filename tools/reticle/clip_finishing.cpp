// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/clip_finishing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"
#include "litho/imaging/pixel_field.h"
#include "litho/rules/rule_check.h"
#include "litho/verification/place_view.h"
#include "masks/mask_file.h"
#include "masks/output_file.h"
#include "masks/pictures/png.h"
#include "masks/pictures/preview.h"
#include "masks/recipes/recipes.h"
#include "masks/reports/verification_files.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/report.h"

namespace reticle::tools {
namespace {

void write_picture(const std::filesystem::path& path, const MaskFile& file,
                   const MaskEvaluation& evaluation) {
  const MaskReport& report = evaluation.report;
  const Image<std::uint8_t> printed = evaluation.nominal(), band = evaluation.band();
  const Drawing preview = draw_preview(
      {.target = file.target.view(),
       .mask = file.mask.view(),
       .printed = printed.view(),
       .variation_band = band.view(),
       .pixel_nm = file.grid.pixel_nm,
       .origin_x_nm = file.grid.origin_x_nm,
       .origin_y_nm = file.grid.origin_y_nm,
       .title = path.stem().string() + ", corrected",
       .figures = fmt::format("L2 {:.0f} nm2, band {:.0f} nm2, largest EPE {:.2f} nm, {} EPE violations",
                              report.l2_nm2, report.pv_band_nm2, report.epe_max_nm, report.epe_violations)});
  for (const char* kind : {".png", ".svg"}) write_drawing(std::filesystem::path(path).replace_extension(kind), preview);
}

VerificationReport verification_of(const CorrectionJob& job, const Clip& clip, const MaskEvaluation& evaluation,
                                   const VerifySettings& settings) {
  return report_of_clip({.mask = clip.mask.string(),
                         .target = clip.design.string(),
                         .top_cell = clip.name,
                         .target_sha256 = clip.sha256,
                         .model_hash = job.model_hash,
                         .recipe = print_verify_recipe(settings),
                         .tool_version = job.tool_version,
                         .date = time_of_day()},
                        settings, job.model, box_of(evaluation.grid), evaluation.verification);
}

// What the recipe promised and the mask, as it is written, does not keep; empty: it keeps all. Moved edges are
// checked as what they are, not as pixels.
std::string broken_rules(const MaskFile& file, const MaskRuleSet& rules, std::vector<RuleViolation> of_edges) {
  std::vector<RuleViolation> found = std::move(of_edges);
  if (file.outlines.empty()) try {
    const BitImage drawn(file.target);
    found = check_mask(BitImage(file.mask), file.grid, rules, &drawn);
  } catch (const Error& error) {
    return fmt::format("the mask rules are not checked: {}", error.what());
  }
  std::map<MaskRule, std::vector<RuleViolation>> by_rule;
  for (const RuleViolation& violation : found) by_rule[violation.rule].push_back(violation);
  std::string text;
  for (const auto& [rule, places] : by_rule) {
    const RuleViolation& worst = *std::min_element(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
    text += fmt::format("{}mask rule not kept: minimum {} {:g}: {} place{}, down to {:.3g} at ({:g}, {:g}) nm", text.empty() ? "" : "; ",
                        name_of(rule), worst.limit, places.size(), places.size() == 1 ? "" : "s", worst.value, worst.place.x, worst.place.y);
  }
  return text;
}

}  // namespace

ClipFinisher::ClipFinisher(const CorrectionJob& job, HostThreads threads)
    : job_(job), threads_(threads), evaluators_(static_cast<std::size_t>(threads.count())) {}

MaskEvaluator& ClipFinisher::evaluator_of(int thread) {
  auto& evaluator = evaluators_.at(static_cast<std::size_t>(thread));
  if (!evaluator) {
    VerifySettings settings = verify_settings(job_.settings, job_.model);
    if (job_.method != MaskMethod::ilt) settings.corner_radius_nm = job_.edges.opc.corner_radius_nm;
    evaluator = std::make_unique<MaskEvaluator>(job_.model, std::move(settings));
  }
  return *evaluator;
}

void ClipFinisher::finish(const Clip& clip, const Design& design, ClipMask mask, int thread, ClipOutcome& outcome) {
  MaskEvaluator& evaluator = evaluator_of(thread);
  PlaceView view;  // of the whole clip, for its page
  const MaskEvaluation evaluation = mask.outlines.empty()
                                        ? evaluator.evaluate(mask.mask.view(), mask.grid, design, &view)
                                        : evaluator.evaluate(fill(mask.outlines), mask.mask.view(), mask.grid, design, &view);

  MaskFile file;
  file.grid = mask.grid;
  file.history = std::move(mask.history);
  file.mask = std::move(mask.mask);
  file.outlines = std::move(mask.outlines);
  file.target = evaluation.target;
  file.grey = std::move(mask.grey);
  file.grey_grid = mask.grey_grid;
  const VerificationReport report = verification_of(job_, clip, evaluation, evaluator.verification());
  file.metrics = metrics_of(evaluation, report);
  file.recipe = job_.recipe;
  file.model_hash = job_.model_hash;
  file.input_sha256 = clip.sha256;
  file.tool_version = job_.tool_version;
  // The mask last: where it is, the clip is finished.
  if (job_.preview == Preview::picture) write_picture(clip.picture, file, evaluation);
  make_folder(clip.verification);
  write_verification(clip.verification, report, job_.model, one_place(view, job_.model));
  write_mask(clip.mask, file);
  outcome.metrics = file.metrics;
  outcome.remark = std::move(mask.remark);
  if (const std::string broken = broken_rules(file, job_.settings.mask_rules, std::move(mask.broken_rules)); !broken.empty())
    outcome.remark += (outcome.remark.empty() ? "" : "; ") + broken;
  outcome.state = ClipState::corrected;
}

}  // namespace reticle::tools
