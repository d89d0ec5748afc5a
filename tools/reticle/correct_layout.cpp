// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/correct_layout.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>

#include "kernels/base/error.h"
#include "masks/correction/layout_correction.h"
#include "masks/correction/layout_report.h"
#include "masks/correction/layout_request.h"
#include "masks/job/job_plan.h"
#include "masks/layout/layout.h"
#include "tools/reticle/freed_memory.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/interrupt.h"
#include "tools/reticle/job_watcher.h"
#include "tools/reticle/number_range.h"
#include "masks/recipes/recipes.h"

namespace reticle::tools {
namespace {

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
                                          "cores from tile (0, 0)");
  for (const auto& place : json) tiles.push_back({place[1].get<int>(), place[0].get<int>()});
  return tiles;
}

JobStart start_of(const LayoutRun& run, const ChipOptions& options) {
  if (run.finished == Finished::replace)
    throw Error(ErrorCode::invalid_argument,
                "--force does not apply to layouts; remove the job's folder or choose another one");
  if (options.start != JobStart::refuse_existing) return options.start;
  return run.finished == Finished::keep ? JobStart::resume : JobStart::refuse_existing;
}

void print_summary(const LayoutOutcome& outcome) {
  double seconds = 0.0;
  for (const StageSummary& stage : outcome.stages) {
    fmt::print("{:<12} {:>8} tiles, {:>8} distinct, {:>8} done here, {:>8.1f} s\n", stage.name,
               stage.tiles, stage.distinct, stage.here, stage.seconds);
    seconds += stage.seconds;
  }
  fmt::print("{:.2f} um2 in {:.1f} s: {:.3f} um2/s; {:.2f} tiles share a result on average\n",
             outcome.window_um2, seconds, outcome.window_um2 / seconds, reuse_ratio(outcome));
}

nlohmann::ordered_json plan_json(const JobPlan& plan) {
  nlohmann::ordered_json json = {{"halo", plan.tiling.reason},
                                 {"core_nm", {plan.tiling.core_x_nm, plan.tiling.core_y_nm}},
                                 {"core_share", plan.tiling.core_share()},
                                 {"tiles", plan.tiles},
                                 {"blocks", plan.blocks},
                                 {"area_um2", plan.window_um2},
                                 {"tiles_read", plan.sampled},
                                 {"read_seconds_per_tile", plan.read_seconds_per_tile},
                                 {"drawn", plan.drawn},
                                 {"distinct_least", plan.distinct_least},
                                 {"distinct_most", plan.distinct_most},
                                 {"confidence", plan.confidence},
                                 {"stages", nlohmann::ordered_json::array()}};
  for (const StageSummary& stage : plan.stages)
    json["stages"].push_back({{"name", stage.name}, {"seconds_per_tile", stage.seconds}});
  json["memory_bytes"] = plan.memory_bytes;
  json["disk_bytes"] = plan.disk_bytes();
  json["core_seconds"] = plan.core_seconds();
  return json;
}

// What the job costs, on these and on more workers.
ExitCode print_plan(const LayoutJob& job, PlanDepth depth, bool as_json) {
  std::unique_ptr<Progress> shown;
  const JobPlan plan = plan_layout_job(job, watcher_of(shown, as_json ? Notes::logged : Notes::printed), depth);
  shown.reset();
  if (interrupted()) return k_interrupted;
  if (as_json) {
    fmt::print("{}\n", plan_json(plan).dump(2));
    return k_ok;
  }
  fmt::print("{}; core {:g} x {:g} nm, {:.0f} % of the work\n", plan.tiling.reason, plan.tiling.core_x_nm,
             plan.tiling.core_y_nm, 100 * plan.tiling.core_share());
  fmt::print("tiles            {} in {} blocks, {:.0f} with something drawn; {} read in {:.2f} ms each\n",
             plan.tiles, plan.blocks, plan.drawn, plan.sampled, 1e3 * plan.read_seconds_per_tile);
  if (plan.distinct_least == plan.distinct_most)
    fmt::print("different fields {:.0f}\n", plan.distinct_most);
  else
    fmt::print("different fields {:.0f} to {:.0f} with {:.0f} % confidence\n", plan.distinct_least,
               plan.distinct_most, 100 * plan.confidence);
  for (const StageSummary& stage : plan.stages) fmt::print("{:<16} {:.3f} s a tile\n", stage.name, stage.seconds);
  fmt::print("memory           {:.0f} MB a worker\ndisk             {:.3g} GB at most\n",
             1e-6 * plan.memory_bytes, 1e-9 * plan.disk_bytes());
  for (const int cores : {1, 2, 16, 128, 1024})
    fmt::print("{:>5} cores      {:.3g} h\n", cores, plan.core_seconds() / 3600.0 / cores);
  return k_ok;
}

// Of a mask that was verified as a whole, what its verification says.
void print_totals(const LayoutJob& job, const LayoutCorrection& correction, bool as_json) {
  const bool verified = correction.verification.has_value();
  const std::string folder = (job.folder / "verification").string();
  if (as_json) {
    auto json = nlohmann::ordered_json::parse(layout_report(job, correction.outcome));
    json["totals"] = correction.totals;
    if (verified) json["verification"] = folder + "/report.json";
    fmt::print("{}\n", json.dump(2));
    return;
  }
  if (verified) fmt::print("\nverification of the mask that was written\n");
  for (const auto& [name, value] : correction.totals) fmt::print("{:<18} {:g}\n", name, value);
  if (verified) fmt::print("{:<18} {}\n", "page", folder + "/report.html");
}

// By which the mask is verified; gates on its width and space are checked as its rules.
VerifySettings verification_settings(const LayoutJob& job, const QualityGates& gates) {
  VerifySettings settings = verification_of(job);
  apply(gates, settings.mask_rules);
  check(settings.mask_rules);
  return settings;
}

}  // namespace

void add_chip_options(CLI::App& command, ChipOptions& options) {
  const auto count = [&options](const std::string&) { ++options.given; };
  const std::string group = "Layouts";
  command.add_option("--layer", options.part.layers, "layer/datatype; several are merged")
      ->each(count)
      ->group(group);
  command.add_option("--cell", options.part.cell, "cell to correct; default: the top cell")
      ->each(count)
      ->group(group);
  command.add_option("--window", options.part.window_um, "x0,y0,x1,y1 in um; default: all")
      ->each(count)
      ->group(group);
  command
      .add_option_function<double>(
          "--halo-nm", [&options](double halo) { options.chip.halo_nm = halo; },
          "context around a tile's core; default: the model's interaction range")
      ->check(number_within(0.0, 1e6))
      ->each(count)
      ->group(group);
  command
      .add_option_function<double>(
          "--period-nm", [&options](double period) { options.period_nm = period; },
          "period of tiles, core and halos, that kernels are moved to, from the layout's origin on; 0: the model's own; "
          "default: those with the least work for the layout, and where they begin")
      ->check(number_within(0.0, 1e6))
      ->each(count)
      ->group(group);
  command.add_option("--blend-nm", options.chip.blend_nm, "half width of the blend across seams; default: a quarter of lambda/NA")
      ->check(number_within(0.0, 1e6))
      ->each(count)
      ->group(group);
  command
      .add_option("--refinements", options.chip.refinements,
                  "times tiles are optimised on from their neighbours' masks")
      ->check(whole_number_within(0, 10))
      ->capture_default_str()
      ->each(count)
      ->group(group);
  command
      .add_option("--refinement-iterations", options.chip.refinement_iterations, "steps of each")
      ->check(whole_number_within(0, 10000))
      ->capture_default_str()
      ->each(count)
      ->group(group);
  command
      .add_option("--mask-layout", options.mask_layout.path,
                  "the mask as .gds or .oas; default: mask.gds in the job's folder")
      ->each(count)
      ->group(group);
  command.add_option("--output-layer", options.output_layer, "of the mask's layout")
      ->capture_default_str()
      ->each(count)
      ->group(group);
  command
      .add_option_function<double>(
          "--tolerance-nm", [&options](double nm) { options.mask_layout.tolerance_nm = nm; },
          "how far the layout's outlines may be from the mask's pixels; default: 1.2 of the pixels that the recipe asks for")
      ->check(number_within(0.0, 1000.0))
      ->each(count)
      ->group(group);
  command
      .add_flag_callback(
          "--keep-input",
          [&options] {
            options.mask_layout.input = InputLayers::kept;
            ++options.given;
          },
          "keep the input's cells and layers beside the mask")
      ->group(group);
  command
      .add_flag_callback(
          "--keep-hierarchy",
          [&options] {
            options.mask_layout.cells = MaskCells::drawn;
            ++options.given;
          },
          "write the mask in the cells that were drawn, one for each different mask of a cell, not in cells of tiles")
      ->group(group);
  command.add_option("--only", options.only, "JSON list of tiles [[x, y], ...] to correct")
      ->check(CLI::ExistingFile)
      ->each(count)
      ->group(group);
  command
      .add_flag_callback(
          "--layout-changed",
          [&options] {
            options.start = JobStart::layout_changed;
            ++options.given;
          },
          "go on with a job whose layout has changed: redo what the change reaches")
      ->group(group);
  command
      .add_flag_callback(
          "--share",
          [&options] {
            options.access = JobAccess::shared;
            ++options.given;
          },
          "work on the job together with other processes; implied by mpirun and srun")
      ->group(group);
  command
      .add_option("--block-tiles", options.block_tiles,
                  "side of the blocks that are read, corrected and written one at a time; part of the job")
      ->check(whole_number_within(1, 1024))
      ->capture_default_str()
      ->each(count)
      ->group(group);
  command
      .add_flag_callback(
          "--plan",
          [&options] {
            options.plan = true;
            ++options.given;
          },
          "print tiles, different ones, memory, disk and hours, and end")
      ->group(group);
  command
      .add_flag_callback(
          "--read-all",
          [&options] {
            options.plan_depth = PlanDepth::all_tiles;
            ++options.given;
          },
          "with --plan: read every tile instead of a sample")
      ->group(group);
  command
      .add_flag_callback(
          "--backwards",
          [&options] {
            options.order = TaskOrder::backwards;
            ++options.given;
          },
          "take tiles in reverse order; the masks are the same")
      ->group(group);
}

ExitCode correct_layout(const LayoutRun& run, const ChipOptions& options) {
  keep_freed_memory(k_freed_of_layouts);
  std::unique_ptr<Progress> shown;
  const JobWatcher watcher = watcher_of(shown, run.json ? Notes::logged : Notes::printed);
  LayoutRequest request;
  request.layout = run.layout;
  request.folder = run.folder;
  request.part = layout_part(options.part);
  request.model = open_model(run.model, run.mask);
  request.settings = read_correction(run.recipe, request.model);
  if (run.method) request.settings.method = *run.method;
  request.recipe_name = run.recipe.string();
  request.chip = options.chip;
  request.period_nm = options.period_nm;
  request.mask_layout = options.mask_layout;
  request.mask_layout.layer = layer_from_text(options.output_layer);
  // Where there are ranks, MPI's start is mostly waiting, and belongs to the thread that ends it.
  std::future<LayoutJob> planned = std::async(is_one_of_several() ? std::launch::async : std::launch::deferred,
                                              [&] { return layout_job(request, watcher.note); });
  const CrewChoice ranks = find_crew();
  LayoutJob job = planned.get();
  const VerifySettings verification = verification_settings(job, run.gates);
  if (!options.only.empty()) job.only = read_tiles(options.only);
  job.start = start_of(run, options);
  if (!job.mask_layout.path.empty())
    check_output(job.mask_layout.path,
                 job.start == JobStart::refuse_existing && run.finished == Finished::refuse ? Existing::refuse : Existing::replace,
                 {".gds", ".gds2", ".gdsii", ".oas", ".oasis"});
  job.access = is_one_of_several() ? JobAccess::shared : options.access;
  if (!options.plan && job.access == JobAccess::alone && job.start == JobStart::refuse_existing && !std::filesystem::exists(job.folder / "job.h5")) {
    check_outputs_in(job.folder, {"mask.gds", "report.json", "report.html", "tiles.csv", "violations.lyrdb", "verification"},
                     Existing::refuse);
  }
  job.threads = run.threads;
  job.engine = chosen_engine(run.engine);
  job.order = options.order;
  job.block_tiles = options.block_tiles;
  job.crew = ranks.crew;
  if (job.crew && job.crew->rank() == 0) spdlog::info("{}", job.crew->description());
  if (!ranks.reason.empty()) spdlog::info("{}", ranks.reason);

  for (const std::string& line : remarks(job)) spdlog::warn("{}", line);
  catch_interrupts();
  if (options.plan) return print_plan(job, options.plan_depth, run.json);
  const LayoutCorrection correction =
      correct_layout(job, request.model, verification, watcher, [&](const LayoutOutcome& outcome) {
        shown.reset();
        if (!run.json) print_summary(outcome);
      });
  shown.reset();
  if (job.crew) job.crew->leave();
  if (interrupted()) {
    spdlog::warn("interrupted; finished tiles are kept: run again with --resume");
    return k_interrupted;
  }
  if (!correction.outcome.finished) return k_ok;  // another worker writes the results
  print_totals(job, correction, run.json);
  if (!job.only.empty() && !run.gates.empty()) spdlog::warn("--only corrects some tiles: the whole mask is not verified; gates see what these tiles say");
  return said_misses(run.layout.string(), run.gates, correction.totals);
}

}  // namespace reticle::tools
