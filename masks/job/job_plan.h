// SPDX-License-Identifier: Apache-2.0
// What a job will cost, before anything runs: tiles are counted, a random sample of them or all are read, and
// one is computed through all stages.
#pragma once

#include "masks/job/layout_job.h"

namespace reticle {

struct JobPlan {
  TilePlan tiling;
  std::size_t tiles = 0, blocks = 0;
  double window_um2 = 0.0;
  std::size_t sampled = 0;  // tiles read; all of them: counts are exact
  // Tiles with something drawn in their field, and different ones among them. The number of different ones
  // lies between the two with the confidence stated: seen, and seen and as many as may be unseen [Good 1953].
  double drawn = 0.0;
  double distinct_least = 0.0, distinct_most = 0.0;
  double confidence = 0.95;
  double read_seconds_per_tile = 0.0;
  std::vector<StageSummary> stages;  // seconds of one tile on one thread
  double kept_bytes_per_tile = 0.0, passing_bytes_per_tile = 0.0;
  double passing_limit_bytes = 0.0;
  double memory_bytes = 0.0;  // of one worker with the job's threads

  double core_seconds() const;  // at the most different tiles
  double disk_bytes() const;
};

// Reading all takes memory for one block and 2^20 numbers: where there are more different tiles, their number is
// known to a thousandth (one standard deviation).
enum class PlanDepth { sample, all_tiles };

JobPlan plan_layout_job(const LayoutJob& job, const JobWatcher& watcher = {}, PlanDepth depth = PlanDepth::sample);

}  // namespace reticle
