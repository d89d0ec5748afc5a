// SPDX-License-Identifier: Apache-2.0
// What is made of a tile, stage after stage: the part of a tile pipeline (pipeline.h) that inverse
// lithography, edge correction and verification have each for themselves.
//
// A stage's result is bytes. It may depend on what is drawn in the tile's field and, from the second
// stage on, on results of the stage before in this tile and its neighbours, on nothing else: not on
// where the tile lies, on other tiles of a batch, nor on what ran before. So equal surroundings have
// one result, whichever worker computes it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/base/host_threads.h"
#include "kernels/engine/engine.h"
#include "litho/chip/tile_result.h"
#include "litho/chip/tiling.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// What a stage reads of the one before.
struct StageInputs {
  int reach = 0;         // tiles around its own, to each side
  bool spreads = false;  // whether it has work wherever a tile within reach has a result of the stage
                         // before; otherwise only where its own tile has
};

// One tile of a stage. A tile's own lower left core corner is (0, 0).
struct TileWork {
  std::vector<Design> drawn;  // of each geometry source, as from tile_design(); those without a polygon too
  // The result of the stage before at this many tiles to the right and up; empty where there is none.
  std::function<Bytes(int dx, int dy)> before;
};

// The work of one thread, with plans and memory taken once.
class TileWorker {
 public:
  virtual ~TileWorker() = default;
  // One result for each tile, in order. Not empty: no bytes stand for no result.
  virtual std::vector<Bytes> run(int stage, std::span<const TileWork> tiles) = 0;
};

// Immutable: threads share it.
class TileMethod {
 public:
  virtual ~TileMethod() = default;
  virtual const TilePlan& plan() const = 0;
  virtual int stages() const = 0;
  virtual std::string stage_name(int stage) const = 0;
  // All that decides the stage's results besides its inputs: the model's hash, the settings it reads.
  virtual std::string identity(int stage) const = 0;
  virtual StageInputs inputs(int stage) const = 0;  // of a stage from 1 on
  // Whether the result belongs to what a job leaves, or only serves the next stage.
  virtual bool kept(int stage) const { return stage + 1 == stages(); }
  // Whether a stage is work for the engine (a GPU where there is one), and how many tiles of it fit at
  // once; the rest is the host's, tile by tile.
  virtual bool uses_engine(int stage) const = 0;
  virtual int batch_size(const Engine&, int wanted) const { return wanted; }
  // The engine belongs to the calling thread and outlives the worker, and so do the threads of the host, which take its
  // part of a batch.
  virtual std::unique_ptr<TileWorker> make_worker(Engine& engine, HostThreads host = 1) const = 0;
};

}  // namespace reticle
