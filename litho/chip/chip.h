// Correction of a layout tile by tile, without seams.
//
// Stage 0 optimises every tile on its own. Each following stage (a refinement) starts from the blend
// of the neighbours' fields (seams.h), keeps it fixed beyond the core and a margin, and optimises on;
// all tiles at once, so that their order does not matter. The last stage blends, cuts, cleans and
// measures. [additive Schwarz, e.g. Toselli & Widlund 2005]
//
// What a stage makes of a tile depends on nothing but what it is computed from, and is stored under
// the hash of that: equal surroundings are corrected once, and what is stored need not be redone.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/engine/engine.h"
#include "litho/ilt/ilt.h"
#include "litho/ilt/settings.h"
#include "litho/chip/tile_result.h"
#include "litho/chip/tiling.h"

namespace reticle {

struct ChipSettings {
  std::optional<double> halo_nm;     // empty: the model's interaction range
  double blend_nm = 64.0;            // half width of the blend across seams
  double free_margin_nm = 128.0;     // what refinements may change around a core; at least the blend
  int refinements = 1;
  int refinement_iterations = 40;    // on the last level's grid
  double refinement_rate = 0.05;     // of Adam's first step
};

// Where stage results are kept. Called from several threads at once.
class TileStore {
 public:
  virtual ~TileStore() = default;
  virtual bool has(const std::string& key) const = 0;
  virtual Bytes get(const std::string& key) const = 0;
  virtual void put(const std::string& key, std::span<const std::byte> bytes) = 0;
  // Whether the caller is to compute the key's result; false: another worker does or did.
  virtual bool claim(const std::string&) { return true; }
  virtual void release(const std::string&) {}
};

// One result to compute; `tile` is the first of the tiles that share it.
struct TileTask {
  int stage = 0;
  TileIndex tile;
  std::string key;
};

class ChipCorrection {
 public:
  // `identity` says what decides results besides settings in `chip` and the geometry: the model's
  // hash and the recipe. `settings` as from resolved(). All but the results refer to the caller's.
  // Throws Error(bad_input) like plan_tiles(), or if the blend or margin does not fit the tile.
  ChipCorrection(const OpticalModel& model, IltSettings settings, ChipSettings chip,
                 GeometrySource source, std::string identity);

  const TilePlan& plan() const { return plan_; }
  int stages() const { return chip_.refinements + 2; }
  std::string stage_name(int stage) const;

  // Reads the geometry of these tiles and of all that they depend on, on this many threads, and
  // hashes it. Must be called before what follows.
  void scan(std::span<const TileIndex> wanted, int threads);

  // The results of a stage that the wanted tiles need, each once, in order of their first tile.
  // A stage's tasks can run in any order once the stage before is in the store.
  std::vector<TileTask> tasks(int stage) const;
  // Tiles with something to do in a stage, equal ones counted each.
  std::size_t tile_count(int stage) const;

  // Computes tasks of one stage from the store, one batch for the engine, which belongs to the calling
  // thread. A task's result does not depend on the others.
  std::vector<Bytes> run(std::span<const TileTask> tasks, Engine& engine, const TileStore& store) const;

  // The key of a wanted tile's finished core; empty: nothing is drawn there.
  const std::string& result_key(TileIndex tile) const;

 private:
  using Keys = std::map<TileIndex, std::string>;
  int reach() const;
  std::vector<TileIndex> grown(std::span<const TileIndex> tiles) const;
  std::string combined_key(int stage, TileIndex tile) const;
  Image<float> blended(int stage, TileIndex tile, const TileStore& store) const;

  const OpticalModel& model_;
  IltSettings settings_, refinement_;
  ChipSettings chip_;
  GeometrySource source_;
  std::string identity_;
  TilePlan plan_;
  double pixel_nm_;         // of the parameters
  float background_;        // parameter where nothing is drawn
  std::vector<Keys> keys_;  // [stage]
};

// What works on the tasks of a stage.
struct TaskWorkers {
  int threads = 1;
  int batch = 1;  // tasks handed to an engine at once
  // One for each thread, counted from 0.
  std::function<std::unique_ptr<Engine>(int)> make_engine = [](int) { return make_cpu_engine(); };
};

// Runs the tasks, of one stage, that it can claim and stores the results. `done` is called under a
// lock after each; false stops handing out. Returns how many it ran. The first error of a thread is
// thrown once all have stopped.
std::size_t run_tasks(const ChipCorrection& chip, std::span<const TileTask> tasks, TileStore& store,
                      const TaskWorkers& workers, const std::function<bool(const TileTask&)>& done = {});

}  // namespace reticle
