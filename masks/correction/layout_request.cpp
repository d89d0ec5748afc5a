// SPDX-License-Identifier: Apache-2.0
#include "masks/correction/layout_request.h"

#include <fmt/format.h>

#include <memory>

#include "kernels/base/error.h"
#include "kernels/base/version.h"
#include "litho/ilt/pitch_limit.h"
#include "litho/imaging/model_period.h"
#include "masks/job/job_period.h"
#include "masks/job/layout_pitch.h"

namespace reticle {

namespace {

// Moves the job's model to tiles of the period asked for, or of the cheapest.
void take_period(const LayoutRequest& request, const std::function<void(const std::string&)>& note, CorrectionSettings& settings,
                 LayoutJob& job) {
  JobPeriod period{job.model.period_x_nm, job.model.period_y_nm, ""};
  if (!request.period_nm) {
    period = period_for_job(job.model, settings, request.chip.halo_nm, job.input->extent, job.folder);
  } else if (*request.period_nm > 0.0) {
    period = {*request.period_nm, *request.period_nm, "as asked for"};
  }
  if (period.reason.empty()) return;
  keep_pixels(job.model, period, settings);
  note(fmt::format("tiles of {:g} x {:g} nm: {}; that kernels end at their own period may cost {:.1g} of clear field",
                   period.x_nm, period.y_nm, period.reason, period_error(job.model, period.x_nm, period.y_nm)));
  job.model = model_at_period(job.model, period.x_nm, period.y_nm);
}

void require_layouts_settings(const CorrectionSettings& settings, const std::string& recipe) {
  if (settings.method == MaskMethod::ilt && settings.edges.rectilinear_nm > 0.0)
    throw Error(ErrorCode::unsupported, fmt::format("{}: rectilinear_nm is for clips; a layout's mask of edges along x and y "
                                                    "is that of method = \"edge\"", recipe));
  if (settings.method != MaskMethod::ilt && settings.edges.assists.method == AssistMethod::model)
    throw Error(ErrorCode::unsupported, fmt::format("{}: assists.method = \"model\" is for clips; in layouts bars come by rule, "
                                                    "assists.method = \"rules\"", recipe));
}

}  // namespace

LayoutJob layout_job(const LayoutRequest& request, const std::function<void(const std::string& sentence)>& note) {
  LayoutJob job;
  job.layout = request.layout;
  job.folder = request.folder;
  job.part = request.part;
  job.model = request.model;
  job.chip = request.chip;
  job.mask_layout = request.mask_layout;
  job.input = std::make_shared<const LayoutInput>(open_layout(job.layout, job.part, layout_index_in(job.folder)));

  CorrectionSettings settings = request.settings;
  if (!request.period_nm) take_tiles_for_arrays(job, settings);
  if (job.tiles_reason.empty()) take_period(request, note, settings, job);
  else note(job.tiles_reason);
  move_on_database_units(job, settings);
  settings = resolved(settings, job.model);
  if (job.tiles_reason.empty() && !request.period_nm)
    job.chip.origin = origin_for_job(job.model, settings, job.chip.halo_nm, job.input->extent, job.folder);
  require_layouts_settings(settings, request.recipe_name);

  job.settings = settings.ilt;
  job.method = settings.method;
  job.edges = settings.edges;
  job.mend = settings.mend;
  job.chip = resolved(job.chip, job.model);
  job.description = describe_job(job.model, settings, std::string(version()));
  return job;
}

std::vector<std::string> remarks(const LayoutJob& job) {
  const FinestLines drawn = sampled_lines(*job.input, 10.0 * scale_of(job.model).resolution_nm);
  std::vector<std::string> sentences = remarks(job.settings, job.model, drawn.width_nm, drawn.space_nm);
  if (const auto sentence = pitch_remark(job.model, drawn.pitch_nm)) sentences.push_back(*sentence);
  return sentences;
}

}  // namespace reticle
