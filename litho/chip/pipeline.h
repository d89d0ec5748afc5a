// SPDX-License-Identifier: Apache-2.0
// A layout tile by tile, stage by stage, by any method (tile_method.h).
//
// All tiles of a stage run at once, each from results of the stage before only, so that their order
// does not matter [additive Schwarz, e.g. Toselli & Widlund 2005]. What a stage makes of a tile is
// stored under the hash of what it is computed from: equal surroundings are computed once, and what
// is stored need not be redone.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kernels/engine/engine.h"
#include "litho/chip/tile_method.h"
#include "litho/chip/tile_store.h"
#include "litho/chip/tiling.h"

namespace reticle {

// One result to compute; `tile` is the first of the tiles that share it.
struct TileTask {
  int stage = 0;
  TileIndex tile;
  std::string key;
};

// Hash of what is drawn in a tile's field; empty: nothing.
using TileContents = std::map<TileIndex, std::string>;

// Called after each tile with the number done so far; false stops.
using ScanProgress = std::function<bool(std::size_t)>;

// The tiles whose content decides results of these: they and all within reach of all stages.
std::vector<TileIndex> tiles_that_decide(const TileMethod& method, std::span<const TileIndex> tiles);

// The keys of a set of wanted tiles and of all that they depend on, by stage. Takes memory for these
// tiles only.
class TileKeys {
 public:
  // `contents` of all tiles_that_decide(). Method outlives it.
  TileKeys(const TileMethod& method, std::span<const TileIndex> wanted, const TileContents& contents);

  // The results of a stage that the wanted tiles need, each once, in order of their first tile.
  // A stage's tasks can run in any order once the stage before is in the store.
  std::vector<TileTask> tasks(int stage) const;
  // Of these, what has to be computed because the store lacks a kept result of a wanted tile, or
  // something such a result is still to be computed from.
  std::vector<TileTask> missing(int stage, const TileStore& store) const;
  // Whether the store has all results of the stage before that the task needs.
  bool is_ready(const TileTask& task, const TileStore& store) const;
  // Tiles with something to do in a stage, equal ones counted each.
  std::size_t tile_count(int stage) const;
  // Empty: the stage has no result there.
  const std::string& key(int stage, TileIndex tile) const;

 private:
  using Keys = std::map<TileIndex, std::string>;
  std::string combined_key(int stage, TileIndex tile) const;

  const TileMethod& method_;
  std::vector<TileIndex> wanted_;
  std::vector<std::string> identities_;  // [stage]
  std::vector<Keys> keys_;               // [stage]
};

// Immutable: threads share it. Refers to the method.
class TilePipeline {
 public:
  // Several sources, such as a target and a mask, give each tile several designs. `drawn`, of a single source, is what
  // scan() looks at: what is the same it unites once.
  TilePipeline(const TileMethod& method, std::vector<GeometrySource> sources, DrawnSource drawn = {});

  const TileMethod& method() const { return method_; }
  // The contents of tiles, each read once, on this many threads. Stopped: those read so far.
  TileContents scan(std::span<const TileIndex> tiles, int threads, const ScanProgress& progress = {}) const;

  // Computes tasks of one stage from the store, as one batch of the worker.
  std::vector<Bytes> run(const TileKeys& keys, std::span<const TileTask> tasks, TileWorker& worker,
                         const TileStore& store) const;

 private:
  std::vector<Design> designs(TileIndex tile) const;

  const TileMethod& method_;
  std::vector<GeometrySource> sources_;
  DrawnSource drawn_;
};

// What works on the tasks of a stage.
struct TaskWorkers {
  int threads = 1;
  int batch = 1;  // tasks handed to an engine at once
  // One for each thread, counted from 0.
  std::function<std::shared_ptr<Engine>(int)> engine_of = [](int) { return make_cpu_engine(); };
  HostThreads host = 1;  // what each thread has of the host, or all share
};

// Runs the tasks, of one stage, that it can claim and stores the results. `done` is called under a
// lock after each; false stops handing out. Returns how many it ran. The first error of a thread is
// thrown once all have stopped.
std::size_t run_tasks(const TilePipeline& pipeline, const TileKeys& keys, std::span<const TileTask> tasks,
                      TileStore& store, const TaskWorkers& workers,
                      const std::function<bool(const TileTask&)>& done = {});

}  // namespace reticle
