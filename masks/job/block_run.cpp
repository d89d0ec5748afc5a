// SPDX-License-Identifier: Apache-2.0
#include "masks/job/block_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "kernels/base/error.h"
#include "kernels/base/on_threads.h"
#include "kernels/base/sha256.h"

namespace reticle {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int k_most_attempts = 100;  // at results that go missing under a block's hands
constexpr auto k_between_sums = std::chrono::seconds(10);
constexpr auto k_between_waits = std::chrono::seconds(60);

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

BlockWork work_of(const CorrectionMethod& method, std::vector<TileIndex> tiles, TileKeys keys, std::string place) {
  BlockWork work{.tiles = std::move(tiles), .keys = std::move(keys), .masks = {}, .mask_keys = {}, .place = std::move(place)};
  std::map<std::string, std::int32_t> places;
  for (const TileIndex& tile : work.tiles) {
    const std::string& key = work.keys.key(method.mask_stage(), tile);
    const auto [at, is_new] = places.try_emplace(key, static_cast<std::int32_t>(work.mask_keys.size()));
    if (key.empty()) at->second = -1;
    else if (is_new) work.mask_keys.push_back(key);
    work.masks.push_back(at->second);
  }
  return work;
}

}  // namespace

BlockRun::BlockRun(const BlockContext& context)
    : context_(context), only_(context.job.only.begin(), context.job.only.end()) {
  for (int stage = 0; stage < context.method.stages(); ++stage)
    stages_.push_back({.name = context.method.stage_name(stage)});
  stages_.push_back({.name = "trace"});
  const LayoutJob& job = context.job;
  const double pixel_nm = context.method.mask_pixel_nm();
  tracing_ = {context.method.plan(), pixel_nm, job.mask_layout.tolerance_nm.value_or(k_outline_pixels * pixel_nm), context.dbu_nm};
  for (std::size_t worker = 0; worker < job.engine.gpus.size() * k_workers_per_gpu; ++worker)
    gpu_engines_.push_back(make_engine(job.engine, static_cast<int>(worker)));
  if (!gpu_engines_.empty()) host_.emplace(job.threads);
}

TaskWorkers BlockRun::workers_of(int stage, std::size_t tasks) {
  constexpr int k_most_at_once = 256;
  const std::size_t workers = gpu_engines_.size();
  const CorrectionMethod& method = context_.method;
  if (workers == 0 || !method.uses_engine(stage) || tasks == 0) return {.threads = context_.job.threads};
  const int share = static_cast<int>(std::min<std::size_t>((tasks + workers - 1) / workers, k_most_at_once));
  return {.threads = static_cast<int>(workers),
          .batch = std::max(1, method.batch_size(*gpu_engines_.front(), share)),
          .engine_of = [this](int worker) { return gpu_engines_[static_cast<std::size_t>(worker)]; },
          .host = *host_};
}

std::vector<TileIndex> BlockRun::wanted(BlockIndex block) const {
  std::vector<TileIndex> tiles = context_.grid.wanted_of(block).tiles();
  if (!only_.empty()) std::erase_if(tiles, [&](const TileIndex& tile) { return !only_.count(tile); });
  return tiles;
}

std::string BlockRun::file_key(std::span<const TileIndex> wanted) const {
  Sha256 hash;
  hash.add("block file 4\n" + context_.identity);
  for (const TileIndex& tile : wanted) hash.add(fmt::format("\n{} {}", tile.x, tile.y));
  return hash.finish();
}

BlockState BlockRun::run(BlockIndex block, Patience patience) {
  const std::vector<TileIndex> tiles = wanted(block);
  if (tiles.empty()) return BlockState::done;
  const std::string key = file_key(tiles);
  if (key_of_block(context_.job.folder / block_file_name(block)) == key) return BlockState::done;
  const JobWatcher& watcher = context_.watcher;
  const std::string place =
      context_.grid.count() > 1 ? fmt::format(" in block ({}, {})", block.x, block.y) : "";
  const std::vector<TileIndex> read = tiles_that_decide(context_.method, tiles);
  watcher.progress("tiles to read" + place, 0, read.size());
  std::mutex one_call;
  const auto start = Clock::now();
  const TileContents contents = context_.scan.contents(
      read, context_.job.threads,
      [&](std::size_t done) {
        const std::lock_guard guard(one_call);
        if (done % 64 == 0) watcher.progress("tiles to read" + place, std::min(done, read.size()), read.size());
        return !watcher.interrupted();
      },
      watcher.interrupted);
  read_seconds_ += seconds_since(start);
  if (contents.size() < read.size()) return BlockState::interrupted;
  const BlockWork work = work_of(context_.method, tiles, TileKeys(context_.method, tiles, contents), place);
  for (int stage = 0; stage < context_.method.stages(); ++stage) {
    StageSummary& summary = stages_[static_cast<std::size_t>(stage)];
    summary.tiles += work.keys.tile_count(stage);
    summary.distinct += work.keys.tasks(stage).size();
  }
  stages_.back().tiles += static_cast<std::size_t>(std::count_if(work.masks.begin(), work.masks.end(), [](int mask) { return mask >= 0; }));
  stages_.back().distinct += work.mask_keys.size();
  for (int attempt = 1;; ++attempt) {
    try {
      bool all_there = true;
      for (int stage = 0; all_there && stage < context_.method.stages(); ++stage) all_there = run_stage(work, stage, patience);
      all_there = all_there && trace_masks(work, patience);
      context_.store.sync();
      if (all_there) return write(block, work, key, patience);
      return watcher.interrupted() ? BlockState::interrupted : BlockState::in_other_hands;
    } catch (const MissingResult&) {
      if (attempt == k_most_attempts) throw;
      context_.store.refresh();
    }
  }
}

// Works on a stage until all its results are there, its own or those of other workers.
bool BlockRun::run_stage(const BlockWork& work, int stage, Patience patience) {
  const auto start = Clock::now();
  const TileKeys& keys = work.keys;
  const LayoutJob& job = context_.job;
  StageSummary& summary = stages_[static_cast<std::size_t>(stage)];
  std::vector<TileTask> tasks;
  const auto find_missing = [&] {
    context_.store.refresh();
    tasks = keys.missing(stage, context_.store);
    if (job.order == TaskOrder::backwards) std::reverse(tasks.begin(), tasks.end());
  };
  find_missing();
  const std::size_t total = tasks.size();
  const std::string what = "tiles to " + summary.name + work.place;
  if (total > 0) context_.watcher.progress(what, 0, total);
  while (!tasks.empty() && !context_.watcher.interrupted()) {
    const std::size_t before = total - std::min(total, tasks.size());
    std::size_t done = 0;
    run_tasks(context_.pipeline, keys, tasks, context_.store,
              workers_of(stage, tasks.size()), [&](const TileTask&) {
                context_.watcher.progress(what, std::min(total, before + ++done), total);
                ++summary.here;
                say_sum();
                return !context_.watcher.interrupted();
              });
    find_missing();
    if (done > 0 || tasks.empty()) continue;
    if (run_ready(work, stage + 1)) {
      find_missing();
      continue;
    }
    if (patience == Patience::leave) break;
    wait_for_others(tasks.size());
  }
  summary.seconds += seconds_since(start);
  return tasks.empty();
}

// Meanwhile, of later stages, what has all that it is computed from; whether there was any.
bool BlockRun::run_ready(const BlockWork& work, int stage) {
  const TileKeys& keys = work.keys;
  for (; stage < context_.method.stages(); ++stage) {
    std::vector<TileTask> tasks = keys.missing(stage, context_.store);
    std::erase_if(tasks, [&](const TileTask& task) { return !keys.is_ready(task, context_.store); });
    if (tasks.empty()) continue;
    StageSummary& summary = stages_[static_cast<std::size_t>(stage)];
    const std::size_t done = run_tasks(context_.pipeline, keys, tasks, context_.store,
                                       workers_of(stage, tasks.size()), [&](const TileTask&) {
                                         ++summary.here;
                                         say_sum();
                                         return !context_.watcher.interrupted();
                                       });
    if (done > 0) return true;
  }
  return trace_ready(work, [] {}) > 0;
}

// Of the masks that are there, those that nobody has traced or is tracing; how many. `done` is called under a lock.
std::size_t BlockRun::trace_ready(const BlockWork& work, const std::function<void()>& done) {
  PackStore& store = context_.store;
  std::vector<std::string> ready = work.mask_keys;
  std::erase_if(ready, [&](const std::string& mask) { return !store.has(mask) || store.has(traced_key(mask, tracing_)); });
  std::mutex one_call;
  std::size_t count = 0;
  on_threads(ready.size(), context_.job.threads, [&](int) {
    return [&](std::size_t i) {
      const std::string key = traced_key(ready[i], tracing_);
      if (!store.claim(key)) return true;
      try {
        store.put(key, traced_bytes(traced(mask_from_bytes(store.get(ready[i])), tracing_)), ResultUse::passing);
      } catch (...) {
        store.release(key);
        throw;
      }
      store.release(key);
      const std::lock_guard guard(one_call);
      ++count, ++stages_.back().here;
      done();
      return !context_.watcher.interrupted();
    };
  });
  return count;
}

// As a stage, of the masks of the block's own tiles.
bool BlockRun::trace_masks(const BlockWork& work, Patience patience) {
  const auto start = Clock::now();
  const auto missing = [&] {
    context_.store.refresh();
    return static_cast<std::size_t>(std::count_if(work.mask_keys.begin(), work.mask_keys.end(), [&](const std::string& mask) {
      return !context_.store.has(traced_key(mask, tracing_));
    }));
  };
  const std::size_t total = missing();
  const std::string what = "masks to trace" + work.place;
  if (total > 0) context_.watcher.progress(what, 0, total);
  std::size_t left = total;
  for (; left > 0 && !context_.watcher.interrupted(); left = missing()) {
    std::size_t so_far = total - std::min(left, total);
    if (trace_ready(work, [&] { context_.watcher.progress(what, std::min(total, ++so_far), total); }) > 0) continue;
    for (const std::string& mask : work.mask_keys)
      if (!context_.store.has(mask)) throw MissingResult("a mask went missing");
    if (patience == Patience::leave) break;
    wait_for_others(left);
  }
  stages_.back().seconds += seconds_since(start);
  return left == 0;
}

void BlockRun::wait_for_others(std::size_t results) {
  const auto now = Clock::now();
  if (!waiting_said_) {
    waiting_said_ = now;
  } else if (now - *waiting_said_ > k_between_waits) {
    waiting_said_ = now;
    context_.watcher.note(fmt::format("waiting for {} results that other workers are at", results));
  }
  const bool had_patience = !context_.store.has_lost_patience();
  context_.store.wait_for_others();
  if (had_patience && context_.store.has_lost_patience())
    context_.watcher.note("nothing new from other workers for a quarter of an hour: what they had is done here");
}

void BlockRun::say_sum() {
  if (context_.crew == nullptr) return;
  context_.crew->add_done(1);
  if (context_.crew->rank() != 0 || Clock::now() - said_ < k_between_sums) return;
  said_ = Clock::now();
  context_.watcher.note(fmt::format("{} results by {} ranks", context_.crew->done_by_all(),
                                    context_.crew->size()));
}

BlockResults BlockRun::results(const BlockWork& work) const {
  const CorrectionMethod& method = context_.method;
  const double tolerance_nm = context_.job.settings.edge_tolerance_nm;
  BlockResults results{.tiles = work.tiles, .masks = work.masks};
  std::vector<double> areas;
  for (const std::string& mask : work.mask_keys) {
    TracedMask found = traced_from_bytes(context_.store.get(traced_key(mask, tracing_)));
    results.mask_keys.push_back(pack_key(mask));
    results.outlines.push_back(std::move(found.outlines));
    areas.push_back(found.area_nm2);
    if (found.pixel_rows > 0) results.pixel_rows = found.pixel_rows, results.pixel_cols = found.pixel_cols;
  }
  for (std::size_t i = 0; i < work.tiles.size(); ++i) {
    const std::string& measured = work.keys.key(method.measure_stage(), work.tiles[i]);
    if (measured.empty()) continue;
    const TileMeasures measures = measures_from_bytes(context_.store.get(measured));
    const double mask_nm2 = work.masks[i] < 0 ? 0.0 : areas[static_cast<std::size_t>(work.masks[i])];
    const Box core = method.plan().core(work.tiles[i]);
    results.rows.push_back(row_of(work.tiles[i], measures, mask_nm2, tolerance_nm));
    results.summary.add(results.rows.back(), measures, {core.x0, core.y0}, tolerance_nm);
  }
  return results;
}

BlockState BlockRun::write(BlockIndex block, const BlockWork& work, const std::string& key, Patience patience) {
  const std::filesystem::path path = context_.job.folder / block_file_name(block);
  while (!context_.store.claim(key)) {
    if (context_.watcher.interrupted()) return BlockState::interrupted;
    if (key_of_block(path) == key) return BlockState::done;
    if (patience == Patience::leave) return BlockState::in_other_hands;
    wait_for_others(1);
  }
  if (key_of_block(path) != key) {
    BlockResults all = results(work);
    all.key = key;
    write_block(path, all, [&](std::size_t mask) {
      return mask_from_bytes(context_.store.get(work.mask_keys[mask])).pixels;
    });
  }
  context_.store.release(key);
  return BlockState::done;
}

}  // namespace reticle
