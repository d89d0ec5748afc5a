// SPDX-License-Identifier: Apache-2.0
#include "masks/job/job_plan.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "kernels/base/error.h"
#include "litho/chip/pipeline.h"
#include "masks/job/job_limits.h"
#include "masks/job/layout_input.h"
#include "masks/job/pack_store.h"

namespace reticle {

namespace {

constexpr std::size_t k_sample = 4000;
constexpr double k_one_sided_95 = 1.645, k_two_sided_95 = 1.96;
constexpr double k_key_bytes = 900.0;  // of a tile in a block at hand: its keys and what is known of it

// Of this process, on all its threads, whatever else the machine does.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::vector<TileIndex> sample_of(const TileRange& range) {
  if (range.count() <= k_sample) return range.tiles();
  std::mt19937_64 generator(1);
  std::vector<TileIndex> sample;
  std::uniform_int_distribution<std::int32_t> x(range.x0, range.x1 - 1), y(range.y0, range.y1 - 1);
  for (std::size_t i = 0; i < k_sample; ++i) {
    const std::int32_t row = y(generator);
    sample.push_back({row, x(generator)});
  }
  return sample;
}

// How many different ones there are among hashes, by the smallest of them [Bar-Yossef 2002]: exact up to k_kept.
class DistinctCount {
 public:
  void add(std::uint64_t hash) {
    if (smallest_.size() == k_kept && hash >= *smallest_.rbegin()) return;
    if (smallest_.insert(hash).second && smallest_.size() > k_kept) {
      smallest_.erase(std::prev(smallest_.end()));
      exact_ = false;
    }
  }
  bool exact() const { return exact_; }
  double count() const {
    if (exact_) return static_cast<double>(smallest_.size());
    return static_cast<double>(k_kept - 1) / std::ldexp(static_cast<double>(*smallest_.rbegin()), -64);
  }
  // Of count(), one standard deviation.
  double error() const { return exact_ ? 0.0 : count() / std::sqrt(static_cast<double>(k_kept)); }

 private:
  static constexpr std::size_t k_kept = std::size_t{1} << 20;
  std::set<std::uint64_t> smallest_;
  bool exact_ = true;
};

// Where something is drawn, if anywhere.
std::optional<TileIndex> read_sample(const TilePipeline& pipeline, const TileRange& range, const JobWatcher& watcher,
                                     JobPlan& plan) {
  const std::vector<TileIndex> sample = sample_of(range);
  std::optional<TileIndex> example;
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (watcher.interrupted()) return {};
    if (i % 64 == 0) watcher.progress("tiles to sample", i, sample.size());
    const std::string content = pipeline.scan({&sample[i], 1}, 1).begin()->second;
    ++plan.sampled;
    if (content.empty()) continue;
    if (!example) example = sample[i];
    ++seen[content];
  }
  double drawn = 0.0, once = 0.0;
  for (const auto& [content, count] : seen) {
    drawn += static_cast<double>(count);
    once += count == 1 ? 1.0 : 0.0;
  }
  const auto tiles = static_cast<double>(plan.tiles), sampled = static_cast<double>(plan.sampled);
  const auto distinct = static_cast<double>(seen.size());
  plan.distinct_least = plan.distinct_most = distinct;
  plan.drawn = drawn * tiles / sampled;
  plan.confidence = 1.0;
  if (plan.sampled < plan.tiles) {
    // The part of tiles that are like none seen: that of those seen once, within the deviation of a count.
    const double unseen = std::min(drawn, once + k_one_sided_95 * std::sqrt(once + 1.0)) / sampled;
    plan.distinct_most = std::min(plan.drawn, distinct + unseen * tiles);
    plan.confidence = 0.95;
  }
  return example;
}

// Block by block.
std::optional<TileIndex> read_all(const TilePipeline& pipeline, const BlockGrid& grid, int threads,
                                  const JobWatcher& watcher, JobPlan& plan) {
  std::optional<TileIndex> example;
  DistinctCount distinct;
  watcher.progress("tiles to read", 0, plan.tiles);
  for (std::size_t i = 0; i < grid.count(); ++i) {
    const std::vector<TileIndex> tiles = grid.wanted_of(grid.block(i)).tiles();
    const TileContents contents = pipeline.scan(tiles, threads, [&](std::size_t) { return !watcher.interrupted(); });
    if (watcher.interrupted()) return {};
    for (const auto& [tile, content] : contents) {
      ++plan.sampled;
      if (content.empty()) continue;
      if (!example) example = tile;
      plan.drawn += 1.0;
      distinct.add(std::stoull(content.substr(0, 16), nullptr, 16));
    }
    watcher.progress("tiles to read", plan.sampled, plan.tiles);
  }
  plan.distinct_least = std::floor(distinct.count() - k_two_sided_95 * distinct.error());
  plan.distinct_most = std::min(plan.drawn, std::ceil(distinct.count() + k_two_sided_95 * distinct.error()));
  plan.confidence = distinct.exact() ? 1.0 : 0.95;
  return example;
}

// Each stage once, a tile's own results standing for its neighbours'.
void time_stages(const CorrectionMethod& method, const GeometrySource& geometry, TileIndex tile,
                 JobPlan& plan) {
  const auto engine = make_cpu_engine();
  const auto worker = method.make_worker(*engine);
  Bytes before;
  const TileWork work{{tile_design(geometry, method.plan(), tile)}, [&](int, int) { return before; }};
  for (int stage = 0; stage < method.stages(); ++stage) {
    const double start = processor_seconds();
    Bytes result = worker->run(stage, {&work, 1}).front();
    plan.stages.push_back(
        {.name = method.stage_name(stage), .tiles = 1, .distinct = 1, .here = 1, .seconds = processor_seconds() - start});
    (method.kept(stage) ? plan.kept_bytes_per_tile : plan.passing_bytes_per_tile) += stored_bytes(result);
    before = std::move(result);
  }
}

}  // namespace

double JobPlan::core_seconds() const {
  double seconds = read_seconds_per_tile * static_cast<double>(tiles);
  for (const StageSummary& stage : stages) seconds += stage.seconds * distinct_most;
  return seconds;
}

double JobPlan::disk_bytes() const {
  // Masks stand once in the store and once in their blocks' files.
  return 2.0 * kept_bytes_per_tile * distinct_most +
         std::min(passing_limit_bytes, passing_bytes_per_tile * distinct_most) +
         static_cast<double>(sizeof(PackKey) * tiles);
}

JobPlan plan_layout_job(const LayoutJob& job, const JobWatcher& watcher, PlanDepth depth) {
  const LayoutInput layout = job.input ? *job.input : open_layout(job.layout, job.part, layout_index_in(job.folder));
  const std::unique_ptr<CorrectionMethod> chosen = method_of(job);
  const CorrectionMethod& method = *chosen;
  const TilePipeline pipeline(method, {layout.geometry}, layout.drawn);
  JobPlan plan;
  plan.tiling = method.plan();
  const TileRange range = plan.tiling.range_in(corrected_box(job, plan.tiling, layout.window));
  plan.tiles = range.count();
  plan.blocks = BlockGrid(range, job.block_tiles).count();
  plan.window_um2 = layout.window.width() * layout.window.height() * 1e-6;
  plan.passing_limit_bytes = passing_limit_bytes(plan.window_um2);

  const double start = processor_seconds();
  const std::optional<TileIndex> example = depth == PlanDepth::sample
                                               ? read_sample(pipeline, range, watcher, plan)
                                               : read_all(pipeline, BlockGrid(range, job.block_tiles), job.threads, watcher, plan);
  if (plan.sampled == 0 || watcher.interrupted()) return plan;
  plan.read_seconds_per_tile = (processor_seconds() - start) / static_cast<double>(plan.sampled);
  if (example) time_stages(method, layout.geometry, *example, plan);
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const double block_tiles = std::min(static_cast<double>(job.block_tiles) * job.block_tiles, static_cast<double>(plan.tiles));
  plan.memory_bytes = 1024.0 * static_cast<double>(usage.ru_maxrss) * std::max(1, job.threads) +
                      block_tiles * (k_key_bytes + 2.0 * plan.kept_bytes_per_tile);
  return plan;
}

}  // namespace reticle
