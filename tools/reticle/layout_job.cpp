#include "tools/reticle/layout_job.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "kernels/base/error.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/job/tile_pack.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/interrupt.h"
#include "tools/reticle/progress.h"

namespace reticle::tools {
namespace {

// What the worker claims that writes the results.
const std::string k_outputs(64, 'f');

constexpr std::size_t k_named_differences = 4;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<TileIndex> read_tiles(const std::filesystem::path& path) {
  std::ifstream file(path);
  const auto json = nlohmann::json::parse(file, nullptr, false);
  std::vector<TileIndex> tiles;
  const auto is_place = [](const nlohmann::json& place) {
    return place.is_array() && place.size() == 2 && place[0].is_number_integer() &&
           place[1].is_number_integer();
  };
  if (!json.is_array() || !std::all_of(json.begin(), json.end(), is_place))
    throw Error(ErrorCode::bad_input, path.string() +
                                          ": is not a JSON list of tiles [[x, y], ...], counted in "
                                          "cores from the layout's origin");
  for (const auto& place : json) tiles.push_back({place[1].get<int>(), place[0].get<int>()});
  return tiles;
}

std::vector<TileIndex> wanted_tiles(const LayoutJob& job, const TilePlan& plan, const Box& window) {
  std::vector<TileIndex> tiles = plan.tiles_in(window);
  if (job.only.empty()) return tiles;
  const std::vector<TileIndex> listed = read_tiles(job.only);
  const std::set<TileIndex> only(listed.begin(), listed.end());
  std::erase_if(tiles, [&](const TileIndex& tile) { return !only.count(tile); });
  if (tiles.empty())
    throw Error(ErrorCode::bad_input,
                job.only.string() + ": none of these tiles lies in the window");
  return tiles;
}

// A window as asked for; a whole layout with what surrounds it, where its assist features stand.
Box corrected_box(const LayoutJob& job, const TilePlan& plan, const Box& window) {
  const double around = job.selection.window_um.empty() ? plan.halo_nm : 0.0;
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
  if (job.start == JobStart::layout_changed) write_job(path, wanted);
}

// GPUs take the stages that optimise, their workers a share of the tiles at once; the host's cores the rest.
TaskWorkers workers_of(const LayoutJob& job, const ChipCorrection& chip, int stage, std::size_t tasks) {
  constexpr int k_most_at_once = 256;
  const std::size_t workers = job.engine.gpus.size() * k_workers_per_gpu;
  if (workers == 0 || stage + 1 == chip.stages() || tasks == 0) return {.threads = job.threads};
  const int share = static_cast<int>(std::min<std::size_t>((tasks + workers - 1) / workers, k_most_at_once));
  const int fits = batch_size(*make_engine(job.engine, 0), job.model, job.settings, share * k_workers_per_gpu);
  return {.threads = static_cast<int>(workers),
          .batch = std::max(1, fits / k_workers_per_gpu),
          .make_engine = [&job](int worker) { return make_engine(job.engine, worker); }};
}

// Works on a stage until all its results are there, its own or those of other workers.
StageSummary run_stage(const LayoutJob& job, const ChipCorrection& chip, int stage,
                       PackStore& store) {
  const auto start = Clock::now();
  std::vector<TileTask> tasks = chip.tasks(stage);
  StageSummary summary{
      .name = chip.stage_name(stage), .tiles = chip.tile_count(stage), .distinct = tasks.size()};
  const auto drop_finished = [&] {
    store.refresh();
    std::erase_if(tasks, [&](const TileTask& task) { return store.has(task.key); });
  };
  drop_finished();
  if (job.order == TaskOrder::backwards) std::reverse(tasks.begin(), tasks.end());
  Progress progress("tiles to " + summary.name, static_cast<int>(tasks.size()));
  while (!tasks.empty() && !interrupted()) {
    const std::size_t here =
        run_tasks(chip, tasks, store, workers_of(job, chip, stage, tasks.size()), [&](const TileTask&) {
          progress.one_done();
          return !interrupted();
        });
    summary.here += here;
    if (here == 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    drop_finished();
  }
  store.sync();
  summary.seconds = seconds_since(start);
  return summary;
}

std::filesystem::path mask_path(const LayoutJob& job) {
  return job.mask_layout.path.empty() ? job.folder / "mask.gds" : job.mask_layout.path;
}

// The finished job, and what reports need of it; masks pass through one at a time.
void collect(const LayoutJob& job, const JobDescription& description, const ChipCorrection& chip,
             const PackStore& store, double dbu_nm, LayoutOutcome& outcome) {
  MaskLayout mask_layout(chip.plan(), job.settings.mask_pixel_nm, dbu_nm, job.mask_layout);
  JobFile file(job.folder / "job.h5", description, chip.plan(), job.settings.mask_pixel_nm);
  std::map<std::string, std::int32_t> places;
  double mask_pixels = 0.0;
  std::vector<double> inside;
  for (const TileIndex& tile : outcome.tiles) {
    const std::string& key = chip.result_key(tile);
    if (key.empty()) {
      outcome.results.push_back(-1);
      continue;
    }
    const auto [at, is_new] = places.try_emplace(key, static_cast<std::int32_t>(places.size()));
    if (is_new) {
      TileResult result = result_from_bytes(store.get(key));
      file.add_result(result);
      mask_layout.add_result(result);
      inside.push_back(static_cast<double>(std::count(result.mask.begin(), result.mask.end(), 1)));
      outcome.measured.push_back({result.l2_nm2, result.band_nm2, std::move(result.sites)});
    }
    outcome.results.push_back(at->second);
    mask_pixels += inside[static_cast<std::size_t>(at->second)];
  }
  std::map<std::string, double>& totals = outcome.totals;
  double sites = 0, sum = 0, worst = 0, violations = 0;
  for (const std::int32_t result : outcome.results) {
    if (result < 0) continue;
    const auto& measured = outcome.measured[static_cast<std::size_t>(result)];
    totals["l2_nm2"] += measured.l2_nm2;
    totals["band_nm2"] += measured.band_nm2;
    for (const EdgePlacement& place : measured.sites) {
      const double size = std::abs(place.epe_nm);
      ++sites;
      sum += size;
      worst = std::max(worst, size);
      violations += place.missing || size > job.settings.edge_tolerance_nm;
    }
  }
  totals["edge_sites"] = sites;
  totals["epe_mean_abs_nm"] = sites > 0 ? sum / sites : 0.0;
  totals["epe_max_nm"] = worst;
  totals["epe_violations"] = violations;
  totals["mask_area_um2"] =
      mask_pixels * job.settings.mask_pixel_nm * job.settings.mask_pixel_nm * 1e-6;
  file.finish(outcome.tiles, outcome.results, totals);
  mask_layout.write(mask_path(job), outcome.tiles, outcome.results, job.layout, job.selection.cell);
}

// Tiles in order of their worst edge, equal results once.
std::vector<TileIndex> places_by_error(const LayoutOutcome& outcome) {
  std::vector<std::pair<double, TileIndex>> ranked;
  std::set<std::int32_t> seen;
  for (std::size_t i = 0; i < outcome.tiles.size(); ++i) {
    if (outcome.results[i] < 0 || !seen.insert(outcome.results[i]).second) continue;
    double worst = 0.0;
    for (const EdgePlacement& place :
         outcome.measured[static_cast<std::size_t>(outcome.results[i])].sites)
      worst = std::max(worst, std::abs(place.epe_nm));
    ranked.emplace_back(-worst, outcome.tiles[i]);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<TileIndex> tiles;
  for (const auto& [worst, tile] : ranked) tiles.push_back(tile);
  return tiles;
}

// The mask of a tile's core; empty where the job has none.
Image<std::uint8_t> finished_core(const ChipCorrection& chip, const PackStore& store,
                                  const LayoutOutcome& outcome, TileIndex tile) {
  if (!std::binary_search(outcome.tiles.begin(), outcome.tiles.end(), tile)) return {};
  const std::string& key = chip.result_key(tile);
  return key.empty() ? Image<std::uint8_t>() : result_from_bytes(store.get(key)).mask;
}

// Before hours of work: what can be wrong with the last file.
void check_mask_layout(const LayoutJob& job) {
  layer_from_text(job.mask_layout.layer);
  if (!is_layout_name(mask_path(job)))
    throw Error(ErrorCode::unsupported,
                mask_path(job).string() + ": the mask's layout is written as .gds or .oas");
  if (job.mask_layout.input == InputLayers::kept && !is_layout_name(job.layout))
    throw Error(ErrorCode::invalid_argument,
                job.layout.string() + ": --keep-input needs a GDSII or OASIS layout");
}

}  // namespace

LayoutOutcome run_layout_job(const LayoutJob& job) {
  const auto start = Clock::now();
  check_mask_layout(job);
  const LayoutInput layout = open_layout(job.layout, job.selection);
  JobDescription description = job.description;
  description.input_sha256 = layout.sha256;
  description.selection = layout.selection;
  ChipCorrection chip(job.model, job.settings, job.chip, layout.geometry,
                      description.model_hash + "\n" + description.recipe +
                          (job.engine.gpus.empty() ? "" : "\n" + engine_kind_of(job.engine)));
  description.tiling = tiling_text(chip.plan(), job.chip);

  const std::filesystem::path packs = job.folder / "tiles";
  make_folder(packs);
  const JobLock lock(job.folder, job.access);
  enter_job(job, description);
  PackStore store(packs);

  LayoutOutcome outcome;
  outcome.plan = chip.plan();
  outcome.tiles = wanted_tiles(job, chip.plan(), corrected_box(job, chip.plan(), layout.window));
  outcome.window_um2 = layout.window.width() * layout.window.height() * 1e-6;
  fmt::print("{}; core {:g} x {:g} nm, {:.0f} % of the work\n", chip.plan().reason,
             chip.plan().core_x_nm, chip.plan().core_y_nm, 100 * chip.plan().core_share());
  chip.scan(outcome.tiles, job.threads);
  outcome.stages.push_back({.name = "read",
                            .tiles = outcome.tiles.size(),
                            .distinct = outcome.tiles.size(),
                            .here = outcome.tiles.size(),
                            .seconds = seconds_since(start)});
  for (int stage = 0; stage < chip.stages() && !interrupted(); ++stage)
    outcome.stages.push_back(run_stage(job, chip, stage, store));
  if (interrupted() || !store.claim(k_outputs)) return outcome;
  const auto writing = Clock::now();
  collect(job, description, chip, store, layout.dbu_nm, outcome);
  outcome.worst_places = draw_worst_places(job.model, job.settings, chip.plan(), layout.geometry,
                                           places_by_error(outcome), [&](TileIndex tile) {
                                             return finished_core(chip, store, outcome, tile);
                                           });
  outcome.stages.push_back({.name = "write",
                            .tiles = outcome.tiles.size(),
                            .distinct = outcome.measured.size(),
                            .here = outcome.measured.size(),
                            .seconds = seconds_since(writing)});
  outcome.finished = true;
  return outcome;
}

}  // namespace reticle::tools
