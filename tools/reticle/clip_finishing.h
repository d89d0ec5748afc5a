// SPDX-License-Identifier: Apache-2.0
// What follows the optimisation of clips: masks measured, verified and written, on threads that all engines' workers share.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "kernels/base/host_threads.h"
#include "litho/verification/evaluation.h"
#include "masks/reports/verification_report.h"
#include "tools/reticle/clip_job.h"

namespace reticle::tools {

class ClipFinisher {
 public:
  // Of threads of each call's own only one worker's at a time.
  ClipFinisher(const CorrectionJob& job, HostThreads threads);
  HostThreads threads() const { return threads_; }
  // On the thread of that number: measures, verifies and writes. Throws what goes wrong.
  void finish(const Clip& clip, const Design& design, ClipMask mask, int thread, ClipOutcome& outcome);

 private:
  MaskEvaluator& evaluator_of(int thread);

  const CorrectionJob& job_;
  HostThreads threads_;
  std::vector<std::unique_ptr<MaskEvaluator>> evaluators_;  // of each thread, made by it
};

}  // namespace reticle::tools
