// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/clip_correction.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <utility>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"
#include "litho/imaging/pixel_field.h"
#include "litho/opc/rectilinear.h"
#include "litho/rules/rule_check.h"
#include "litho/verification/evaluation.h"
#include "kernels/base/on_threads.h"
#include "masks/mask_file.h"
#include "masks/pictures/png.h"
#include "masks/pictures/preview.h"
#include "masks/recipes/recipes.h"
#include "masks/sha256.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/interrupt.h"
#include "tools/reticle/report.h"
#include "tools/reticle/verification_output.h"

namespace reticle::tools {
namespace {

// Why a mask that is there is not what this job would make; empty if it is.
std::string difference(const CorrectionJob& job, const Clip& clip, const MaskFile& mask) {
  if (mask.input_sha256 != clip.sha256) return "another version of the design";
  if (mask.model_hash != job.model_hash) return "another model";
  if (mask.recipe != job.recipe) return "another recipe";
  if (mask.tool_version != job.tool_version) return "another version of reticle";
  return "";
}

HistoryTable history_of(const Correction& correction) {
  HistoryTable table;
  table.columns = {"level", "iteration", "pixel_nm", "fidelity_nm2", "band_nm2", "regularity_nm2"};
  for (const IltHistoryRow& row : correction.history) {
    table.values.insert(table.values.end(),
                        {static_cast<double>(row.level), static_cast<double>(row.iteration),
                         row.pixel_nm, row.loss.fidelity, row.loss.band, row.loss.regularity});
  }
  return table;
}

HistoryTable history_of(const EdgeCorrection& correction) {
  HistoryTable table;
  table.columns = {"iteration", "epe_mean_abs_nm", "objective_rms_nm", "epe_max_nm", "largest_move_nm"};
  for (const OpcHistoryRow& row : correction.history)
    table.values.insert(table.values.end(), {static_cast<double>(row.iteration), row.mean_abs_nm, row.rms_nm,
                                             row.max_abs_nm, row.largest_move_nm});
  return table;
}

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

}  // namespace

std::string to_string(ClipState state) {
  switch (state) {
    case ClipState::not_started:
      return "not started";
    case ClipState::kept:
      return "kept";
    case ClipState::corrected:
      return "corrected";
    case ClipState::failed:
      return "failed";
  }
  return "";
}

std::vector<Clip> plan_clips(const std::vector<std::filesystem::path>& designs,
                             const std::filesystem::path& folder) {
  std::vector<Clip> clips;
  std::map<std::string, std::filesystem::path> taken;
  for (const std::filesystem::path& design : designs) {
    const std::string name = design.stem().string();
    if (const auto [other, fresh] = taken.emplace(name, design); !fresh) {
      throw Error(
          ErrorCode::invalid_argument,
          fmt::format("{} and {} would both be written to {}; rename one or use two folders",
                      other->second.string(), design.string(), (folder / (name + ".h5")).string()));
    }
    clips.push_back({name, design, folder / (name + ".h5"), folder / (name + ".png"), folder / "verification" / name, ""});
    if (std::filesystem::is_regular_file(design)) clips.back().sha256 = sha256_of_file(design);
  }
  return clips;
}

void check_finished_clips(const CorrectionJob& job, const std::vector<Clip>& clips) {
  for (const Clip& clip : clips)
    if (job.preview == Preview::picture)
      for (const char* kind : {".png", ".svg"}) {
        // A mask that may be kept may have its picture.
        const bool is_ours = job.finished != Finished::refuse;
        check_output(std::filesystem::path(clip.picture).replace_extension(kind), is_ours ? Existing::replace : Existing::refuse);
      }
  if (job.finished == Finished::replace) return;
  for (const Clip& clip : clips) {
    if (!std::filesystem::exists(clip.mask)) continue;
    if (job.finished == Finished::refuse) {
      throw Error(ErrorCode::bad_input,
                  fmt::format("{} is there already; --resume keeps masks that are up to date, "
                              "--force makes them again",
                              clip.mask.string()));
    }
    if (const std::string other = difference(job, clip, read_mask(clip.mask)); !other.empty()) {
      throw Error(
          ErrorCode::bad_input,
          fmt::format("{} was made with {}; --resume cannot keep it. --force makes it again, "
                      "another -o keeps both",
                      clip.mask.string(), other));
    }
  }
}

namespace {

// Runs a step of a clip's correction; what it throws becomes the clip's outcome.
void guarded(ClipOutcome& outcome, const std::function<void()>& step) {
  try {
    step();
  } catch (const Error& error) {
    outcome = {.state = ClipState::failed, .problem = error.what(), .exit_code = exit_code(error.code())};
  } catch (const std::bad_alloc&) {
    outcome = {.state = ClipState::failed,
               .problem = "out of memory; use fewer threads or a coarser mask pixel",
               .exit_code = k_internal};
  } catch (const std::exception& error) {
    outcome = {.state = ClipState::failed, .problem = error.what(), .exit_code = k_internal};
  }
}

}  // namespace

ClipWorker::ClipWorker(const CorrectionJob& job, std::unique_ptr<Engine> engine, int threads)
    : job_(job), engine_(std::move(engine)), threads_(threads), evaluators_(static_cast<std::size_t>(threads)) {}

// Made by the thread that needs it first.
MaskEvaluator& ClipWorker::evaluator_of(int thread) {
  auto& evaluator = evaluators_.at(static_cast<std::size_t>(thread));
  if (!evaluator) evaluator = std::make_unique<MaskEvaluator>(job_.model, job_.settings);
  return *evaluator;
}

int ClipWorker::batch_size(int wanted) const {
  if (job_.method == MaskMethod::edge) return 1;
  return reticle::batch_size(*engine_, job_.model, job_.settings, wanted);
}

std::vector<ClipOutcome> ClipWorker::correct(std::span<const Clip> clips) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<ClipOutcome> outcomes(clips.size());
  std::vector<Design> read(clips.size());
  // work(item, thread) on the host's threads.
  const auto each = [&](std::size_t count, const std::function<void(std::size_t, int)>& work) {
    on_threads(count, threads_, [&](int thread) {
      return [&, thread](std::size_t i) {
        work(i, thread);
        return true;
      };
    });
  };
  each(clips.size(), [&](std::size_t i, int) {
    guarded(outcomes[i], [&] {
      if (job_.finished == Finished::keep && std::filesystem::exists(clips[i].mask)) {
        outcomes[i] = {.state = ClipState::kept, .metrics = read_mask(clips[i].mask).metrics};
        return;
      }
      read[i] = read_target(clips[i].design, {.first_row = job_.first_row});
      check_clip(job_.model, read[i]);
    });
  });

  std::vector<std::size_t> places;  // of the clips to correct
  std::vector<Design> designs;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    if (outcomes[i].state != ClipState::not_started) continue;
    places.push_back(i);
    designs.push_back(std::move(read[i]));
  }
  if (!designs.empty()) {
    std::vector<ClipMask> corrections;
    ClipOutcome of_batch;
    guarded(of_batch, [&] {
      corrections = job_.method == MaskMethod::edge ? moved_edges(designs) : optimized(designs);
      if (job_.method == MaskMethod::ilt && job_.edges.rectilinear_nm > 0.0)
        each(corrections.size(), [&](std::size_t k, int) { make_rectilinear(designs[k], corrections[k]); });
    });
    // Nothing is written if the command was interrupted meanwhile.
    if (!interrupted())
      each(designs.size(), [&](std::size_t k, int thread) {
        ClipOutcome& outcome = outcomes[places[k]];
        if (of_batch.state == ClipState::failed)
          outcome = of_batch;
        else
          guarded(outcome, [&] {
            finish(clips[places[k]], designs[k], std::move(corrections[k]), evaluator_of(thread), outcome);
          });
      });
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  for (ClipOutcome& outcome : outcomes) outcome.seconds = wall.count() / static_cast<double>(clips.size());
  return outcomes;
}

std::vector<ClipMask> ClipWorker::moved_edges(std::span<const Design> designs) {
  if (!corrector_) corrector_ = std::make_unique<EdgeCorrector>(job_.model, job_.settings, job_.edges.opc);
  std::vector<ClipMask> masks;
  for (const Design& design : designs) {
    EdgeClip clip = correct_clip(*corrector_, job_.model, job_.settings, job_.edges, design,
                                 [] { return interrupted(); });
    ClipMask& mask = masks.emplace_back();
    mask.history = history_of(clip.correction);
    mask.mask = std::move(clip.mask);
    mask.grid = clip.grid;
    mask.outlines = std::move(clip.correction.rings);
    mask.broken_rules = std::move(clip.broken_rules);
    mask.remark = clip.correction.remark;
  }
  return masks;
}

void ClipWorker::make_rectilinear(const Design& design, ClipMask& mask) const {
  EdgeClip clip = rectilinear_clip(job_.model, job_.settings, job_.edges, design, mask.mask.view(), mask.grid,
                                   [] { return interrupted(); });
  mask.mask = std::move(clip.mask);
  mask.outlines = std::move(clip.correction.rings);
  mask.broken_rules = std::move(clip.broken_rules);
  mask.grey = {};  // of another mask
}

// Thrown out of an optimisation whose masks nobody will cut, clean and write.
struct Interrupted {};

// In halves where the engine's memory does not hold all: others may have taken of it meanwhile.
std::vector<ClipMask> ClipWorker::optimized(std::span<const Design> designs) {
  try {
    std::vector<ClipMask> masks;
    for (Correction& correction :
         reticle::correct(*engine_, job_.model, job_.settings, designs,
                          [](double) {
                            if (interrupted()) throw Interrupted();
                            return true;
                          },
                          threads_)) {
      ClipMask& mask = masks.emplace_back();
      mask.history = history_of(correction);
      mask.mask = std::move(correction.mask);
      mask.grid = correction.grid;
      mask.grey = std::move(correction.grey);
      mask.grey_grid = correction.grey_grid;
    }
    return masks;
  } catch (const Interrupted&) {
    return {};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::out_of_memory || designs.size() < 2) throw;
  }
  std::vector<ClipMask> masks = optimized(designs.first(designs.size() / 2));
  for (ClipMask& mask : optimized(designs.subspan(designs.size() / 2))) masks.push_back(std::move(mask));
  return masks;
}

VerificationReport ClipWorker::verification_of(const Clip& clip, const MaskEvaluation& evaluation,
                                               const VerifySettings& settings) const {
  return report_of_clip({.mask = clip.mask.string(),
                         .target = clip.design.string(),
                         .top_cell = clip.name,
                         .target_sha256 = clip.sha256,
                         .model_hash = job_.model_hash,
                         .recipe = print_verify_recipe(settings),
                         .tool_version = job_.tool_version,
                         .date = time_of_day()},
                        settings, job_.model, box_of(evaluation.grid), evaluation.verification);
}

// The whole clip as a place of its page.
PlaceView ClipWorker::view_of(const MaskFile& file, const MaskEvaluation& evaluation, const Design& design) const {
  const Box field = box_of(evaluation.grid);
  Region region{.target = polygons_within(design.polygons, field), .field = field, .core = field};
  Image<float> pixels;
  if (file.outlines.empty()) {
    pixels = in_field<float>(file.mask.view(), file.grid, evaluation.grid);
    region.pixels = pixels.view();
  } else {
    region.mask = clip(fill(file.outlines), field);
  }
  return PlaceViewer(job_.model).view(region, field);
}

namespace {

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

void ClipWorker::finish(const Clip& clip, const Design& design, ClipMask mask, MaskEvaluator& evaluator,
                        ClipOutcome& outcome) const {
  const MaskEvaluation evaluation = mask.outlines.empty()
                                        ? evaluator.evaluate(mask.mask.view(), mask.grid, design)
                                        : evaluator.evaluate(fill(mask.outlines), mask.mask.view(), mask.grid, design);

  MaskFile file;
  file.grid = mask.grid;
  file.history = std::move(mask.history);
  file.mask = std::move(mask.mask);
  file.outlines = std::move(mask.outlines);
  file.target = evaluation.target;
  file.grey = std::move(mask.grey);
  file.grey_grid = mask.grey_grid;
  const VerificationReport report = verification_of(clip, evaluation, evaluator.verification());
  file.metrics = metrics_of(evaluation, report);
  file.recipe = job_.recipe;
  file.model_hash = job_.model_hash;
  file.input_sha256 = clip.sha256;
  file.tool_version = job_.tool_version;
  // The mask last: where it is, the clip is finished.
  if (job_.preview == Preview::picture) write_picture(clip.picture, file, evaluation);
  make_folder(clip.verification);
  write_verification(clip.verification, report, job_.model, one_place(view_of(file, evaluation, design)));
  write_mask(clip.mask, file);
  outcome.metrics = file.metrics;
  outcome.remark = std::move(mask.remark);
  if (const std::string broken = broken_rules(file, job_.settings.mask_rules, std::move(mask.broken_rules)); !broken.empty())
    outcome.remark += (outcome.remark.empty() ? "" : "; ") + broken;
  outcome.state = ClipState::corrected;
}

}  // namespace reticle::tools
