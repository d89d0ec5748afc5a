// SPDX-License-Identifier: Apache-2.0
// Correcting the clips of one command, each into its own files.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/engine/engine.h"
#include "litho/hybrid/mend_clip.h"
#include "tools/reticle/clip_finishing.h"
#include "tools/reticle/clip_job.h"

namespace reticle::tools {

std::string to_string(ClipState state);

// Throws Error(invalid_argument) if two designs would be written to one name.
std::vector<Clip> plan_clips(const std::vector<std::filesystem::path>& designs,
                             const std::filesystem::path& folder);

// Before any work: throws Error(bad_input), saying what to do, for a mask that is there and may
// neither be kept nor replaced.
void check_finished_clips(const CorrectionJob& job, const std::vector<Clip>& clips);

// One engine, and who reads, measures and writes for it.
class ClipWorker {
 public:
  // The finisher outlives it.
  ClipWorker(const CorrectionJob& job, std::unique_ptr<Engine> engine, ClipFinisher& finisher);

  // How many clips to correct at once.
  int batch_size(int wanted) const;

  // Reads, corrects, measures and writes clips; what goes wrong with one is part of its outcome.
  std::vector<ClipOutcome> correct(std::span<const Clip> clips);

 private:
  std::vector<ClipMask> optimized(std::span<const Design> designs);
  void make_rectilinear(const Design& design, ClipMask& mask) const;
  std::vector<ClipMask> moved_edges(std::span<const Design> designs);

  const CorrectionJob& job_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<EdgeCorrector> corrector_;  // of edges; made when first needed
  std::optional<Mender> mender_;              // of hybrids; likewise
  ClipFinisher& finisher_;
};

}  // namespace reticle::tools
