// SPDX-License-Identifier: Apache-2.0
// Correcting the clips of one command, each into its own files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/engine/engine.h"
#include "litho/verification/evaluation.h"
#include "litho/ilt/ilt.h"
#include "litho/ilt/settings.h"
#include "litho/imaging/optical_model.h"
#include "litho/rules/rule_check.h"
#include "masks/mask_file.h"
#include "masks/recipes/correction.h"
#include "masks/pixel_mask.h"
#include "masks/reports/verification_report.h"
#include "litho/verification/place_view.h"
#include "tools/reticle/exit_code.h"

namespace reticle::tools {

enum class Preview { none, picture };
enum class Finished { refuse, keep, replace };  // masks that are already there

// What is the same for all clips.
struct CorrectionJob {
  OpticalModel model;
  std::string model_hash;
  IltSettings settings;  // resolved
  MaskMethod method = MaskMethod::ilt;
  EdgeSettings edges;  // resolved
  std::string recipe;    // the settings as TOML
  std::string tool_version = RETICLE_VERSION;
  Preview preview = Preview::none;
  Finished finished = Finished::refuse;
  std::optional<FirstRow> first_row;  // of clips as pixels
};

struct Clip {
  std::string name;  // of the design without folder and extension
  std::filesystem::path design, mask, picture, verification;
  std::string sha256;  // of the design's bytes; empty if it cannot be read
};

enum class ClipState { not_started, kept, corrected, failed };
std::string to_string(ClipState state);

struct ClipOutcome {
  ClipState state = ClipState::not_started;
  std::map<std::string, double> metrics;  // of corrected and kept clips
  double seconds = 0.0;                   // reading and writing included
  std::string problem;                    // of a failed clip
  std::string remark;                     // of a corrected one that the user should read
  ExitCode exit_code = k_ok;
};

// Throws Error(invalid_argument) if two designs would be written to one name.
std::vector<Clip> plan_clips(const std::vector<std::filesystem::path>& designs,
                             const std::filesystem::path& folder);

// Before any work: throws Error(bad_input), saying what to do, for a mask that is there and may
// neither be kept nor replaced.
void check_finished_clips(const CorrectionJob& job, const std::vector<Clip>& clips);

// What a method makes of a clip.
struct ClipMask {
  Image<std::uint8_t> mask;
  Grid grid;
  Image<float> grey;  // of pixels; empty: none
  Grid grey_grid;
  std::vector<Polygon> outlines;  // of edges: the mask exactly, holes clockwise
  std::vector<RuleViolation> broken_rules;  // of edges
  HistoryTable history;
  std::string remark;  // that the user should read; empty: none
};

// One engine, and the threads that read, measure and write for it.
class ClipWorker {
 public:
  ClipWorker(const CorrectionJob& job, std::unique_ptr<Engine> engine, int threads);

  // How many clips to correct at once.
  int batch_size(int wanted) const;

  // Reads, corrects, measures and writes clips; what goes wrong with one is part of its outcome.
  std::vector<ClipOutcome> correct(std::span<const Clip> clips);

 private:
  std::vector<ClipMask> optimized(std::span<const Design> designs);
  void make_rectilinear(const Design& design, ClipMask& mask) const;
  std::vector<ClipMask> moved_edges(std::span<const Design> designs);
  MaskEvaluator& evaluator_of(int thread);
  VerificationReport verification_of(const Clip& clip, const MaskEvaluation& evaluation, const VerifySettings& settings) const;
  PlaceView view_of(const MaskFile& file, const MaskEvaluation& evaluation, const Design& design) const;
  void finish(const Clip& clip, const Design& design, ClipMask mask, MaskEvaluator& evaluator,
              ClipOutcome& outcome) const;

  const CorrectionJob& job_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<EdgeCorrector> corrector_;  // of edges; made when first needed
  int threads_;
  std::vector<std::unique_ptr<MaskEvaluator>> evaluators_;  // of each thread
};

}  // namespace reticle::tools
