// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/clip_correction.h"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <map>
#include <utility>

#include "kernels/base/error.h"
#include "litho/ilt/ilt.h"
#include "litho/opc/rectilinear.h"
#include "masks/output_file.h"
#include "masks/sha256.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/interrupt.h"

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

ClipWorker::ClipWorker(const CorrectionJob& job, std::unique_ptr<Engine> engine, ClipFinisher& finisher)
    : job_(job), engine_(std::move(engine)), finisher_(finisher) {}

int ClipWorker::batch_size(int wanted) const {
  if (job_.method != MaskMethod::ilt) return 1;
  return reticle::batch_size(*engine_, job_.model, job_.settings, wanted);
}

std::vector<ClipOutcome> ClipWorker::correct(std::span<const Clip> clips) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<ClipOutcome> outcomes(clips.size());
  std::vector<Design> read(clips.size());
  // work(item, thread) on the host's threads.
  const auto each = [&](std::size_t count, const std::function<void(std::size_t, int)>& work) {
    finisher_.threads().each(count, work);
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
      corrections = job_.method == MaskMethod::ilt ? optimized(designs) : moved_edges(designs);
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
            finisher_.finish(clips[places[k]], designs[k], std::move(corrections[k]), thread, outcome);
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
    if (job_.method == MaskMethod::hybrid && !interrupted()) {
      if (!mender_) mender_.emplace(*engine_, job_.model, job_.settings, job_.mend);
      mend(clip, *mender_, job_.settings, job_.edges, design);
    }
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
                          finisher_.threads())) {
      ClipMask& mask = masks.emplace_back();
      mask.history = history_of(correction);
      mask.mask = std::move(correction.mask);
      mask.grid = correction.grid;
      if (!job_.keep_grey) continue;
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

}  // namespace reticle::tools
