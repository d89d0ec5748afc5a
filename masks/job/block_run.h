// SPDX-License-Identifier: Apache-2.0
// One block of a job from its geometry to its file.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "masks/job/block_scan.h"
#include "masks/job/crew.h"
#include "masks/job/layout_job.h"
#include "masks/job/traced_mask.h"

namespace reticle {

// What all blocks have in common; all of it outlives the blocks.
struct BlockContext {
  const LayoutJob& job;
  const JobWatcher& watcher;
  const CorrectionMethod& method;
  const TilePipeline& pipeline;
  const BlockGrid& grid;
  PackStore& store;
  BlockScan& scan;
  std::string identity;  // hash of all that decides a block's file besides which tiles are wanted
  double dbu_nm = 1.0;
  Crew* crew = nullptr;
};

enum class BlockState { done, in_other_hands, interrupted };
enum class Patience { leave, wait };  // when what is left is in the hands of other workers

// The tiles of a block and what they need.
struct BlockWork {
  std::vector<TileIndex> tiles;
  TileKeys keys;
  std::vector<std::int32_t> masks;      // [tile] place in what follows, -1 where nothing is drawn
  std::vector<std::string> mask_keys;   // different ones
  std::string place;                    // in words, for progress
};

class BlockRun {
 public:
  explicit BlockRun(const BlockContext& context);

  std::vector<TileIndex> wanted(BlockIndex block) const;
  // Done at once where the file is there.
  BlockState run(BlockIndex block, Patience patience);
  // Over all blocks so far.
  const std::vector<StageSummary>& stages() const { return stages_; }
  double read_seconds() const { return read_seconds_; }

 private:
  std::string file_key(std::span<const TileIndex> wanted) const;
  // GPUs take the stages that use them, their workers a share of the tiles at once; the host's cores the rest.
  TaskWorkers workers_of(int stage, std::size_t tasks);
  bool run_stage(const BlockWork& work, int stage, Patience patience);
  bool run_ready(const BlockWork& work, int stage);
  bool trace_masks(const BlockWork& work, Patience patience);
  std::size_t trace_ready(const BlockWork& work, const std::function<void()>& done);
  BlockState write(BlockIndex block, const BlockWork& work, const std::string& key, Patience patience);
  BlockResults results(const BlockWork& work) const;
  void wait_for_others(std::size_t results);
  void say_sum();

  const BlockContext& context_;
  MaskTracing tracing_;
  std::set<TileIndex> only_;
  std::vector<StageSummary> stages_;  // those of the method, then the tracing of masks
  std::vector<std::shared_ptr<Engine>> gpu_engines_;  // of each worker
  std::optional<ThreadPool> host_;                    // which they share
  double read_seconds_ = 0.0;
  std::optional<std::chrono::steady_clock::time_point> waiting_said_;
  std::chrono::steady_clock::time_point said_ = std::chrono::steady_clock::now();
};

}  // namespace reticle
