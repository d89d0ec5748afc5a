// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/pipeline.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <unordered_map>

#include "kernels/base/on_threads.h"
#include "kernels/base/sha256.h"

namespace reticle {

namespace {

std::string hash_of(std::initializer_list<std::string_view> texts) {
  Sha256 hash;
  for (const std::string_view text : texts) {
    hash.add(std::to_string(text.size()) + ":");
    hash.add(text);
  }
  return hash.finish();
}

// Empty: nothing is drawn.
std::string content_of(const std::vector<Design>& designs) {
  std::string content;
  bool any = false;
  for (const Design& design : designs) {
    any = any || !design.polygons.empty();
    content += content_hash(design);
  }
  if (!any) return "";
  return designs.size() == 1 ? content : hash_of({content});
}

// Contents of tiles by what is drawn in their fields. Threads share it; which comes first does not matter, as all is exact.
class SeenWindows {
 public:
  std::string content(const DrawnSource& source, const TilePlan& plan, TileIndex tile) {
    const DrawnWindow window = source(plan.field(tile));
    const Box core = plan.core(tile);
    const bool may_be_known = !window.hash.empty() && is_exact(core.x0) && is_exact(core.y0);
    if (may_be_known) {
      const std::lock_guard lock(mutex_);
      if (const auto found = contents_.find(window.hash); found != contents_.end()) return found->second;
    }
    std::string content = content_of({tile_design([&](const Box&) { return window.polygons(); }, plan, tile)});
    if (may_be_known) {
      const std::lock_guard lock(mutex_);
      contents_.emplace(window.hash, content);
    }
    return content;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::string> contents_;
};

std::vector<TileIndex> grown(std::span<const TileIndex> tiles, int reach) {
  std::set<TileIndex> all;
  for (const TileIndex& tile : tiles)
    for (int dy = -reach; dy <= reach; ++dy)
      for (int dx = -reach; dx <= reach; ++dx) all.insert({tile.y + dy, tile.x + dx});
  return {all.begin(), all.end()};
}

// [stage] tiles whose results of the stage the wanted ones need.
std::vector<std::vector<TileIndex>> tiles_by_stage(const TileMethod& method,
                                                   std::span<const TileIndex> wanted) {
  std::vector<std::vector<TileIndex>> tiles(static_cast<std::size_t>(method.stages()));
  tiles.back() = grown(wanted, 0);
  for (std::size_t s = tiles.size() - 1; s-- > 0;)
    tiles[s] = grown(tiles[s + 1], method.inputs(static_cast<int>(s) + 1).reach);
  return tiles;
}

}  // namespace

std::vector<TileIndex> tiles_that_decide(const TileMethod& method, std::span<const TileIndex> tiles) {
  return std::move(tiles_by_stage(method, tiles).front());
}

TileKeys::TileKeys(const TileMethod& method, std::span<const TileIndex> wanted,
                   const TileContents& contents)
    : method_(method), wanted_(grown(wanted, 0)) {
  for (int stage = 0; stage < method.stages(); ++stage)
    identities_.push_back(hash_of({method.stage_name(stage), method.identity(stage)}));
  const auto tiles = tiles_by_stage(method, wanted);
  keys_.resize(tiles.size());
  for (const TileIndex& tile : tiles[0]) {
    const std::string& content = contents.at(tile);
    keys_[0].emplace_hint(keys_[0].end(), tile,
                          content.empty() ? "" : hash_of({identities_[0], content}));
  }
  for (std::size_t s = 1; s < tiles.size(); ++s)
    for (const TileIndex& tile : tiles[s])
      keys_[s].emplace_hint(keys_[s].end(), tile, combined_key(static_cast<int>(s), tile));
}

std::string TileKeys::combined_key(int stage, TileIndex tile) const {
  const Keys& before = keys_[static_cast<std::size_t>(stage) - 1];
  const StageInputs inputs = method_.inputs(stage);
  if (!inputs.spreads && before.at(tile).empty()) return "";
  std::string joined = keys_[0].at(tile);  // what is drawn here
  bool any = !joined.empty();
  for (int dy = -inputs.reach; dy <= inputs.reach; ++dy)
    for (int dx = -inputs.reach; dx <= inputs.reach; ++dx) {
      const std::string& key = before.at({tile.y + dy, tile.x + dx});
      any = any || !key.empty();
      joined += "," + key;
    }
  return any ? hash_of({identities_[static_cast<std::size_t>(stage)], joined}) : "";
}

std::vector<TileTask> TileKeys::tasks(int stage) const {
  std::set<std::string_view> seen;
  std::vector<TileTask> tasks;
  for (const auto& [tile, key] : keys_.at(static_cast<std::size_t>(stage)))
    if (!key.empty() && seen.insert(key).second) tasks.push_back({stage, tile, key});
  return tasks;
}

std::vector<TileTask> TileKeys::missing(int wanted_stage, const TileStore& store) const {
  std::vector<TileTask> missing;
  for (int stage = method_.stages() - 1; stage >= wanted_stage; --stage) {
    const auto s = static_cast<std::size_t>(stage);
    std::set<std::string_view> needed;
    if (method_.kept(stage))
      for (const TileIndex& tile : wanted_) needed.insert(keys_[s].at(tile));
    for (const TileTask& task : missing) {
      const int reach = method_.inputs(stage + 1).reach;
      for (int dy = -reach; dy <= reach; ++dy)
        for (int dx = -reach; dx <= reach; ++dx)
          needed.insert(keys_[s].at({task.tile.y + dy, task.tile.x + dx}));
    }
    missing = tasks(stage);
    std::erase_if(missing, [&](const TileTask& task) {
      return !needed.count(task.key) || store.has(task.key);
    });
  }
  return missing;
}

bool TileKeys::is_ready(const TileTask& task, const TileStore& store) const {
  if (task.stage == 0) return true;
  const Keys& before = keys_[static_cast<std::size_t>(task.stage) - 1];
  const int reach = method_.inputs(task.stage).reach;
  for (int dy = -reach; dy <= reach; ++dy)
    for (int dx = -reach; dx <= reach; ++dx)
      if (const std::string& key = before.at({task.tile.y + dy, task.tile.x + dx}); !key.empty() && !store.has(key)) return false;
  return true;
}

std::size_t TileKeys::tile_count(int stage) const {
  const Keys& keys = keys_.at(static_cast<std::size_t>(stage));
  return static_cast<std::size_t>(
      std::count_if(keys.begin(), keys.end(), [](const auto& item) { return !item.second.empty(); }));
}

const std::string& TileKeys::key(int stage, TileIndex tile) const {
  return keys_.at(static_cast<std::size_t>(stage)).at(tile);
}

TilePipeline::TilePipeline(const TileMethod& method, std::vector<GeometrySource> sources, DrawnSource drawn)
    : method_(method), sources_(std::move(sources)), drawn_(std::move(drawn)) {}

std::vector<Design> TilePipeline::designs(TileIndex tile) const {
  std::vector<Design> designs;
  for (const GeometrySource& source : sources_)
    designs.push_back(tile_design(source, method_.plan(), tile));
  return designs;
}

TileContents TilePipeline::scan(std::span<const TileIndex> tiles, int threads,
                                const ScanProgress& progress) const {
  std::vector<std::string> hashes(tiles.size());
  std::vector<char> read(tiles.size());
  std::atomic<std::size_t> count = 0;
  SeenWindows seen;
  on_threads(tiles.size(), threads, [&](int) {
    return [&](std::size_t i) {
      hashes[i] = drawn_ ? seen.content(drawn_, method_.plan(), tiles[i]) : content_of(designs(tiles[i]));
      read[i] = 1;
      const std::size_t so_far = ++count;
      return !progress || progress(so_far);
    };
  });
  TileContents contents;
  for (std::size_t i = 0; i < tiles.size(); ++i)
    if (read[i]) contents.emplace(tiles[i], std::move(hashes[i]));
  return contents;
}

std::vector<Bytes> TilePipeline::run(const TileKeys& keys, std::span<const TileTask> tasks,
                                     TileWorker& worker, const TileStore& store) const {
  std::vector<TileWork> tiles;
  for (const TileTask& task : tasks)
    tiles.push_back({designs(task.tile), [&](int dx, int dy) -> Bytes {
                       const TileIndex neighbour{task.tile.y + dy, task.tile.x + dx};
                       const std::string& key = keys.key(task.stage - 1, neighbour);
                       return key.empty() ? Bytes() : store.get(key);
                     }});
  return worker.run(tasks.front().stage, tiles);
}

std::size_t run_tasks(const TilePipeline& pipeline, const TileKeys& keys, std::span<const TileTask> tasks,
                      TileStore& store, const TaskWorkers& workers,
                      const std::function<bool(const TileTask&)>& done) {
  std::mutex mutex;
  std::size_t count = 0;
  const auto batch = static_cast<std::size_t>(workers.batch);
  on_threads((tasks.size() + batch - 1) / batch, workers.threads, [&](int thread) {
    std::shared_ptr<Engine> engine = workers.engine_of(thread);
    std::shared_ptr<TileWorker> worker = pipeline.method().make_worker(*engine, workers.host);
    return [&, engine, worker](std::size_t i) {
      std::vector<TileTask> mine;
      for (const TileTask& task : tasks.subspan(i * batch, std::min(batch, tasks.size() - i * batch)))
        if (store.claim(task.key)) mine.push_back(task);
      if (mine.empty()) return true;
      std::vector<Bytes> results;
      try {
        results = pipeline.run(keys, mine, *worker, store);
      } catch (...) {
        for (const TileTask& task : mine) store.release(task.key);
        throw;
      }
      bool go_on = true;
      for (std::size_t t = 0; t < mine.size(); ++t) {
        const bool kept = pipeline.method().kept(mine[t].stage);
        store.put(mine[t].key, results[t], kept ? ResultUse::kept : ResultUse::passing);
        store.release(mine[t].key);
        const std::lock_guard lock(mutex);
        ++count;
        go_on = (!done || done(mine[t])) && go_on;
      }
      return go_on;
    };
  });
  return count;
}

}  // namespace reticle
