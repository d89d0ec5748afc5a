#include "masks/job/layout_job.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "kernels/base/error.h"
#include "litho/chip/pipeline.h"
#include "litho/geometry/polygon_area.h"
#include "masks/job/layout_input.h"
#include "masks/job/tile_pack.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/model_file.h"
#include "masks/recipes/recipes.h"

namespace reticle {
namespace {

// What the worker claims that writes the results.
const std::string k_outputs(64, 'f');

constexpr std::size_t k_named_differences = 4;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<TileIndex> wanted_tiles(const LayoutJob& job, const TilePlan& plan, const Box& window) {
  std::vector<TileIndex> tiles = plan.tiles_in(window);
  if (job.only.empty()) return tiles;
  const std::set<TileIndex> only(job.only.begin(), job.only.end());
  std::erase_if(tiles, [&](const TileIndex& tile) { return !only.count(tile); });
  if (tiles.empty())
    throw Error(ErrorCode::bad_input, "none of the " + std::to_string(job.only.size()) +
                                          " listed tiles lies in the window");
  return tiles;
}

// A window as asked for; a whole layout with what surrounds it, where its assist features stand.
Box corrected_box(const LayoutJob& job, const TilePlan& plan, const Box& window) {
  const double around = job.part.window ? 0.0 : plan.halo_nm;
  return {window.x0 - around, window.y0 - around, window.x1 + around, window.y1 + around};
}

std::string tiling_text(const TilePlan& plan, const ChipSettings& chip) {
  return fmt::format(
      "core {:g} x {:g} nm, halo {:g} nm, blend {:g} nm, free margin {:g} nm, {} "
      "refinements of {} iterations at rate {:g}",
      plan.core_x_nm, plan.core_y_nm, plan.halo_nm, chip.blend_nm, chip.free_margin_nm,
      chip.refinements, chip.refinement_iterations, chip.refinement_rate);
}

// Opens the folder's job or makes a new one. Processes that share a job write the same description.
void enter_job(const LayoutJob& job, const JobDescription& wanted) {
  const std::filesystem::path path = job.folder / "job.h5";
  if (!std::filesystem::exists(path)) return write_job(path, wanted);
  if (job.start == JobStart::refuse_existing && job.access == JobAccess::alone)
    throw Error(ErrorCode::bad_input, path.string() +
                                          ": is there already; go on with it by --resume or choose "
                                          "another folder");
  JobDescription stored = read_job(path);
  if (job.start == JobStart::layout_changed) stored.input_sha256 = wanted.input_sha256;
  std::vector<std::string> found = differences(stored, wanted);
  if (found.size() > k_named_differences) {
    const std::size_t more = found.size() - k_named_differences;
    found.resize(k_named_differences);
    found.push_back(fmt::format("{} more differences", more));
  }
  if (!found.empty())
    throw Error(ErrorCode::bad_input,
                fmt::format("{}: this job is another one: {}; use what it was started with, or "
                            "another folder{}",
                            path.string(), fmt::join(found, "; "),
                            stored.input_sha256 == wanted.input_sha256
                                ? ""
                                : ", or --layout-changed to redo what the change reaches"));
  if (stored.recipe != wanted.recipe || job.start == JobStart::layout_changed) write_job(path, wanted);
}

// GPUs take the stages that use them, their workers a share of the tiles at once; the host's cores the rest.
TaskWorkers workers_of(const LayoutJob& job, const TileMethod& method, int stage, std::size_t tasks) {
  constexpr int k_most_at_once = 256;
  const std::size_t workers = job.engine.gpus.size() * k_workers_per_gpu;
  if (workers == 0 || !method.uses_engine(stage) || tasks == 0) return {.threads = job.threads};
  const int share = static_cast<int>(std::min<std::size_t>((tasks + workers - 1) / workers, k_most_at_once));
  const int fits = method.batch_size(*make_engine(job.engine, 0), share * k_workers_per_gpu);
  return {.threads = static_cast<int>(workers),
          .batch = std::max(1, fits / k_workers_per_gpu),
          .make_engine = [&job](int worker) { return make_engine(job.engine, worker); }};
}

// Works on a stage until all its results are there, its own or those of other workers.
StageSummary run_stage(const LayoutJob& job, const JobWatcher& watcher, const TilePipeline& pipeline,
                       const TileKeys& keys, int stage, PackStore& store) {
  const auto start = Clock::now();
  StageSummary summary{.name = pipeline.method().stage_name(stage),
                       .tiles = keys.tile_count(stage),
                       .distinct = keys.tasks(stage).size()};
  std::vector<TileTask> tasks;
  const auto find_missing = [&] {
    store.refresh();
    tasks = keys.missing(stage, store);
    if (job.order == TaskOrder::backwards) std::reverse(tasks.begin(), tasks.end());
  };
  find_missing();
  const std::size_t total = tasks.size();
  const std::string work = "tiles to " + summary.name;
  watcher.progress(work, 0, total);
  while (!tasks.empty() && !watcher.interrupted()) {
    const std::size_t before = total - tasks.size();
    std::size_t done = 0;
    run_tasks(pipeline, keys, tasks, store, workers_of(job, pipeline.method(), stage, tasks.size()),
              [&](const TileTask&) {
                watcher.progress(work, before + ++done, total);
                return !watcher.interrupted();
              });
    summary.here += done;
    if (done == 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    find_missing();
  }
  store.sync();
  summary.seconds = seconds_since(start);
  return summary;
}

std::filesystem::path mask_path(const LayoutJob& job) {
  return job.mask_layout.path.empty() ? job.folder / "mask.gds" : job.mask_layout.path;
}

double area_nm2(const TileMask& mask, double pixel_nm) {
  double area = 0.0;
  for (const Polygon& outline : mask.outlines) area += std::abs(signed_area(outline));
  return area + static_cast<double>(std::count(mask.pixels.begin(), mask.pixels.end(), 1)) * pixel_nm *
                    pixel_nm;
}

// The finished job, and what reports need of it; masks pass through one at a time.
void collect(const LayoutJob& job, const JobDescription& description, const CorrectionMethod& method,
             const TileKeys& keys, std::span<const TileIndex> tiles, const PackStore& store,
             double dbu_nm, LayoutOutcome& outcome) {
  const double pixel_nm = method.mask_pixel_nm(), tolerance_nm = job.settings.edge_tolerance_nm;
  MaskLayout mask_layout(method.plan(), pixel_nm, dbu_nm, job.mask_layout);
  JobFile file(job.folder / "job.h5", description, method.plan(), pixel_nm);
  struct Finished {
    std::int32_t place = 0;
    double mask_nm2 = 0.0;
  };
  std::map<std::string, Finished> seen;
  std::vector<std::int32_t> results;
  for (const TileIndex& tile : tiles) {
    const std::string& key = keys.key(method.mask_stage(), tile);
    Finished finished{.place = -1};
    if (!key.empty()) {
      const auto [at, is_new] =
          seen.try_emplace(key, Finished{.place = static_cast<std::int32_t>(seen.size())});
      if (is_new) {
        const TileMask mask = mask_from_bytes(store.get(key));
        at->second.mask_nm2 = area_nm2(mask, pixel_nm);
        file.add_result(mask);
        mask_layout.add_result(mask);
      }
      finished = at->second;
    }
    results.push_back(finished.place);
    const std::string& measured = keys.key(method.measure_stage(), tile);
    if (measured.empty()) continue;
    const TileMeasures measures = measures_from_bytes(store.get(measured));
    const Box core = method.plan().core(tile);
    outcome.rows.push_back(row_of(tile, measures, finished.mask_nm2, tolerance_nm));
    outcome.summary.add(outcome.rows.back(), measures, {core.x0, core.y0}, tolerance_nm);
  }
  const std::vector<TileIndex> places(tiles.begin(), tiles.end());
  file.finish(places, results, outcome.summary.totals());
  mask_layout.write(mask_path(job), places, results, job.layout, job.part.cell);
}

// The mask of a tile's core; empty where the job has none.
Image<std::uint8_t> finished_core(const CorrectionMethod& method, const TileKeys& keys,
                                  const PackStore& store, std::span<const TileIndex> tiles,
                                  TileIndex tile) {
  if (!std::binary_search(tiles.begin(), tiles.end(), tile)) return {};
  const std::string& key = keys.key(method.mask_stage(), tile);
  return key.empty() ? Image<std::uint8_t>() : mask_from_bytes(store.get(key)).pixels;
}

// Before hours of work: what can be wrong with the last file.
void check_mask_layout(const LayoutJob& job) {
  if (!is_layout_name(mask_path(job)))
    throw Error(ErrorCode::unsupported,
                mask_path(job).string() + ": the mask's layout is written as .gds or .oas");
  if (job.mask_layout.input == InputLayers::kept && !is_layout_name(job.layout))
    throw Error(ErrorCode::invalid_argument,
                job.layout.string() + ": --keep-input needs a GDSII or OASIS layout");
}

// What decides a mask besides the tiling. Engines agree to rounding, not to the last bit.
std::string mask_identity(const LayoutJob& job) {
  return job.description.model_hash + "\n" + print_correct_recipe(without_measuring(job.settings)) +
         (job.engine.gpus.empty() ? "" : "\ncuda");
}

void make_job_folder(const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem)
    throw Error(ErrorCode::io,
                folder.string() + ": the folder cannot be made (" + problem.message() + ")");
}

}  // namespace

JobDescription describe_job(const OpticalModel& model, const IltSettings& settings,
                            const std::string& tool_version) {
  return {.tool_version = tool_version,
          .recipe = print_correct_recipe(settings),
          .model_hash = model_hash(model)};
}

LayoutOutcome run_layout_job(const LayoutJob& job, const JobWatcher& watcher) {
  const auto start = Clock::now();
  check_mask_layout(job);
  const LayoutInput layout = open_layout(job.layout, job.part);
  JobDescription description = job.description;
  description.input_sha256 = layout.sha256;
  description.selection = layout.selection;
  const IltTiles method(job.model, job.settings, job.chip, mask_identity(job));
  const TilePlan& plan = method.plan();
  const TilePipeline pipeline(method, {layout.geometry});
  description.tiling = tiling_text(plan, job.chip);

  const std::filesystem::path packs = job.folder / "tiles";
  make_job_folder(packs);
  const JobLock lock(job.folder, job.access);
  enter_job(job, description);
  PackStore store(packs);

  LayoutOutcome outcome;
  outcome.plan = plan;
  const std::vector<TileIndex> tiles = wanted_tiles(job, plan, corrected_box(job, plan, layout.window));
  outcome.tiles = tiles.size();
  outcome.window_um2 = layout.window.width() * layout.window.height() * 1e-6;
  watcher.note(fmt::format("{}; core {:g} x {:g} nm, {:.0f} % of the work", plan.reason,
                           plan.core_x_nm, plan.core_y_nm, 100 * plan.core_share()));
  const std::vector<TileIndex> read = tiles_that_decide(method, tiles);
  watcher.progress("tiles to read", 0, read.size());
  std::mutex one_call;
  const TileContents contents = pipeline.scan(read, job.threads, [&](std::size_t done) {
    const std::lock_guard guard(one_call);
    if (done % 64 == 0) watcher.progress("tiles to read", done, read.size());
    return !watcher.interrupted();
  });
  if (watcher.interrupted()) return outcome;
  const TileKeys keys(method, tiles, contents);
  outcome.stages.push_back({.name = "read",
                            .tiles = read.size(),
                            .distinct = read.size(),
                            .here = read.size(),
                            .seconds = seconds_since(start)});
  for (int stage = 0; stage < method.stages() && !watcher.interrupted(); ++stage)
    outcome.stages.push_back(run_stage(job, watcher, pipeline, keys, stage, store));
  if (watcher.interrupted() || !store.claim(k_outputs)) return outcome;
  const auto writing = Clock::now();
  collect(job, description, method, keys, tiles, store, layout.dbu_nm, outcome);
  std::vector<TileIndex> worst;
  for (const TileRow& row : outcome.summary.worst_tiles) worst.push_back(row.tile);
  outcome.worst_places =
      draw_worst_places(job.model, job.settings, plan, layout.geometry, worst, [&](TileIndex tile) {
        return finished_core(method, keys, store, tiles, tile);
      });
  outcome.stages.push_back({.name = "write",
                            .tiles = outcome.tiles,
                            .distinct = outcome.rows.size(),
                            .here = outcome.rows.size(),
                            .seconds = seconds_since(writing)});
  outcome.finished = true;
  return outcome;
}

}  // namespace reticle
