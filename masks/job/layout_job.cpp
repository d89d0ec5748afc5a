// SPDX-License-Identifier: Apache-2.0
#include "masks/job/layout_job.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include "kernels/base/error.h"
#include "litho/chip/interaction_range.h"
#include "litho/imaging/model_period.h"
#include "masks/job/block_run.h"
#include "masks/job/job_limits.h"
#include "masks/job/layout_input.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/model_file.h"
#include "masks/recipes/recipes.h"

namespace reticle {
namespace {

// What the worker claims that writes the results.
const std::string k_outputs(64, 'f');

constexpr std::size_t k_named_differences = 4;

// Results that only the next stage reads, of which so much is kept.
constexpr double k_passing_bytes = 8e9;
constexpr double k_passing_bytes_at_end = 64e6;  // for a changed layout to go on from
constexpr double k_passing_bytes_per_um2 = 6000.0;

double passing_bytes_at_end(double window_um2) {
  return std::max(k_passing_bytes_at_end, k_passing_bytes_per_um2 * window_um2);
}

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string tiling_text(const LayoutJob& job, const TilePlan& plan) {
  const ChipSettings& chip = job.chip;
  if (job.method != MaskMethod::ilt)
    return fmt::format("{}, core {:g} x {:g} nm, halo {:g} nm, {} refinements",
                       job.method == MaskMethod::edge ? "edges" : "edges and pixels", plan.core_x_nm, plan.core_y_nm, plan.halo_nm, chip.refinements);
  return fmt::format(
      "core {:g} x {:g} nm{}, halo {:g} nm, blend {:g} nm, free margin {:g} nm, {} "
      "refinements of {} iterations at rate {:g}",
      plan.core_x_nm, plan.core_y_nm,
      plan.origin == Point{} ? "" : fmt::format(" from {:.10g}, {:.10g} nm", plan.origin.x, plan.origin.y), plan.halo_nm, chip.blend_nm, chip.free_margin_nm,
      chip.refinements, chip.refinement_iterations, chip.refinement_rate);
}

// Opens the folder's job or makes a new one. Processes that share a job write the same description.
void enter_job(const LayoutJob& job, const JobDescription& wanted, const JobWatcher& watcher) {
  const std::filesystem::path path = job.folder / "job.h5";
  if (!std::filesystem::exists(path)) write_job(path, wanted);
  else if (job.start == JobStart::refuse_existing && job.access == JobAccess::alone)
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
  if (stored.tool_version != wanted.tool_version) {
    const std::string versions = fmt::format("{}: the job was started by version {}, this is version {}",
                                             path.string(), stored.tool_version, wanted.tool_version);
    if (job.access == JobAccess::shared)
      throw Error(ErrorCode::bad_input, versions + "; workers of one job have to be the same program");
    watcher.note(versions);
  }
  if (stored.recipe != wanted.recipe || job.start == JobStart::layout_changed) write_job(path, wanted);
}

std::filesystem::path mask_path(const LayoutJob& job) {
  return job.mask_layout.path.empty() ? job.folder / "mask.gds" : job.mask_layout.path;
}

// A file that cannot be read is made again by the next run.
BlockResults finished_block(const std::filesystem::path& path) {
  try {
    return read_block(path);
  } catch (const Error& problem) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    throw Error(ErrorCode::io, std::string(problem.what()) + "; it was removed: run again with --resume, which makes it anew");
  }
}

// Reads the finished blocks in order, one at a time, and writes what covers all of them.
void collect(const LayoutJob& job, const JobDescription& description, const CorrectionMethod& method,
             const LayoutInput& layout, LayoutOutcome& outcome) {
  MaskLayoutWriter mask_layout(mask_path(job), method.plan(), layout.dbu_nm, job.mask_layout, job.layout,
                               job.part.cell, layout.cells);
  JobFile file(job.folder / "job.h5", description, method.plan(), method.mask_pixel_nm());
  for (const BlockIndex block : outcome.blocks) {
    const BlockResults results = finished_block(job.folder / block_file_name(block));
    mask_layout.add(block, results);
    file.add(block, results);
    outcome.summary.add(results.summary);
  }
  outcome.distinct_masks = mask_layout.distinct();
  mask_layout.finish();
  file.finish(outcome.summary.totals());
}

// What interrupted writers left. Another worker's are left alone while they may be in use: younger than an
// hour by the clock of the file system, not this machine's.
void remove_stale_temporaries(const LayoutJob& job) {
  std::error_code ignored;
  const auto now = std::filesystem::last_write_time(job.folder / "lock", ignored);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(job.folder, ignored)) {
    if (entry.path().extension() != ".tmp") continue;
    const auto written = std::filesystem::last_write_time(entry.path(), ignored);
    if (job.access == JobAccess::alone || now - written > std::chrono::hours(1))
      std::filesystem::remove(entry.path(), ignored);
  }
}

// All that decides a block's file besides which of its tiles are wanted.
std::string block_identity(const LayoutJob& job, const JobDescription& description,
                           const CorrectionMethod& method, double dbu_nm) {
  std::string text = fmt::format("{}\n{}\n{}\n{}\n{}\ntolerances {} {} of {}", description.input_sha256,
                                 description.selection, description.tiling, description.model_hash,
                                 description.recipe, job.mask_layout.tolerance_nm.value_or(-1.0),
                                 job.settings.edge_tolerance_nm, dbu_nm);
  for (int stage = 0; stage < method.stages(); ++stage) text.append("\n").append(method.identity(stage));
  return text;
}

// For workers that come later, and for what reads the layout again.
void keep_index(const LayoutJob& job, const LayoutInput& layout, const JobWatcher& watcher) {
  if (job.crew && job.crew->rank() != 0) return;
  if (!layout.index_remark.empty()) watcher.note(layout.index_remark + "; the layout was read instead, and it is made anew");
  if (!layout.write_index) return;
  try {
    layout.write_index();
  } catch (const Error& problem) {
    if (problem.code() != ErrorCode::io) throw;
    watcher.note(std::string(problem.what()) + "; without it each process reads the whole layout");
  }
}

// Before hours of work: what can be wrong with the last file.
void check_mask_layout(const LayoutJob& job) {
  if (!is_layout_name(mask_path(job)))
    throw Error(ErrorCode::unsupported,
                mask_path(job).string() + ": the mask's layout is written as .gds or .oas");
  if (job.mask_layout.input == InputLayers::kept && !is_layout_name(job.layout))
    throw Error(ErrorCode::invalid_argument,
                job.layout.string() + ": --keep-input needs a GDSII or OASIS layout");
  if (job.mask_layout.cells == MaskCells::drawn && !is_layout_name(job.layout))
    throw Error(ErrorCode::invalid_argument,
                job.layout.string() + ": --keep-hierarchy needs a GDSII or OASIS layout: clips have no cells");
}

// A job that another run replaced under our hands is not finished as ours.
void require_same_job(const LayoutJob& job, const JobDescription& wanted) {
  const std::vector<std::string> found = differences(read_job(job.folder / "job.h5"), wanted);
  if (!found.empty())
    throw Error(ErrorCode::bad_input,
                fmt::format("{}: another job was started in this folder meanwhile: {}; its blocks and ours "
                            "are kept apart: run again in a folder of its own",
                            job.folder.string(), found.front()));
}

enum class Outputs { mine, of_another, left };

// Who writes what covers all blocks, where all of them are there. Of workers over the folder the others wait for it, so that
// they verify the mask together; where the one that was at it dies, the next takes it over. `before`: whether a finished job
// was gone on with, so that outputs tell nothing of who is at them.
Outputs who_writes(const LayoutJob& job, bool before, PackStore& store, const JobWatcher& watcher) {
  for (bool waited = false; !watcher.interrupted(); waited = true) {
    if (store.claim(k_outputs)) {
      if (job.crew || (before ? !waited : !has_totals(job.folder / "job.h5"))) return Outputs::mine;
      store.release(k_outputs);
      return before ? Outputs::left : Outputs::of_another;
    }
    if (job.crew || store.has_lost_patience()) break;
    if (!waited) watcher.note("another worker writes the mask; it is verified together");
    store.wait_for_others();
    if (store.has_lost_patience()) break;  // claims are granted from then on, and a large mask takes longer
  }
  return Outputs::left;
}

// Takes the blocks that nobody has, then helps with those in the hands of others. False: interrupted.
bool run_blocks(const BlockContext& context, BlockRun& run, const std::vector<BlockIndex>& blocks) {
  std::vector<BlockIndex> left;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::size_t number = context.job.order == TaskOrder::forwards ? i : blocks.size() - 1 - i;
    if (context.watcher.interrupted()) return false;
    if (!context.store.claim_block(number)) {
      left.push_back(blocks[number]);
      continue;
    }
    const BlockState state = run.run(blocks[number], Patience::leave);
    context.store.release_block(number);
    if (state == BlockState::interrupted) return false;
    if (state == BlockState::in_other_hands) left.push_back(blocks[number]);
  }
  for (const BlockIndex block : left)
    if (run.run(block, Patience::wait) != BlockState::done) return false;
  return true;
}

int reach_of(const TileMethod& method) {
  int reach = 0;
  for (int stage = 1; stage < method.stages(); ++stage) reach += method.inputs(stage).reach;
  return reach;
}

void make_job_folder(const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem)
    throw Error(ErrorCode::io,
                folder.string() + ": the folder cannot be made (" + problem.message() + ")");
}

}  // namespace

namespace {

// What decides a mask besides the tiling. Engines agree to rounding, not to the last bit.
std::string mask_identity(const LayoutJob& job) {
  return job.description.model_hash + "\n" + print_correct_recipe(without_measuring(job.settings)) +
         (job.engine.gpus.empty() ? "" : "\ncuda");
}

// Of the tiles: edges take a larger period than the model's own, by halves of it, until the core has half of
// the work, where no array decides. It follows from the model alone, so that a window is corrected as the whole is.
OpticalModel tile_model(const LayoutJob& job) {
  if (job.method == MaskMethod::ilt || !job.tiles_reason.empty()) return job.model;
  const double halo = job.chip.halo_nm.value_or(interaction_range(job.model, k_energy_beyond_edges));
  const auto share = [&](double times) {
    const double x = times * job.model.period_x_nm, y = times * job.model.period_y_nm;
    return (x - 2 * halo) * (y - 2 * halo) / (x * y);
  };
  double times = 1.0;
  while (times < 8.0 && share(times) < 0.5) times += 0.5;
  return model_at_period(job.model, times * job.model.period_x_nm, times * job.model.period_y_nm);
}

}  // namespace

double passing_limit_bytes(double window_um2) {
  return std::max(k_passing_bytes, k_passing_bytes_per_um2 * window_um2);
}

Box corrected_box(const LayoutJob& job, const TilePlan& plan, const Box& window) {
  const double around = job.part.window ? 0.0 : plan.halo_nm;
  return {window.x0 - around, window.y0 - around, window.x1 + around, window.y1 + around};
}

std::unique_ptr<CorrectionMethod> method_of(const LayoutJob& job) {
  if (job.method == MaskMethod::ilt)
    return std::make_unique<IltTiles>(job.model, job.settings, job.chip, mask_identity(job));
  // Of edges whatever follows: a job of both has the same edges.
  CorrectionSettings deciding{.method = MaskMethod::edge, .ilt = without_measuring(job.settings), .edges = job.edges};
  const EdgeChipSettings chip{.halo_nm = job.chip.halo_nm, .halo_source = job.chip.halo_source, .refinements = job.chip.refinements};
  const std::string identity = job.description.model_hash + "\n" + print_correction(std::move(deciding));
  if (job.method == MaskMethod::edge)
    return std::make_unique<EdgeTiles>(tile_model(job), job.settings, job.edges, chip, identity);
  return std::make_unique<HybridTiles>(tile_model(job), job.settings, job.edges, chip, job.mend,
                                       identity + (job.engine.gpus.empty() ? "" : "\ncuda"));
}

JobDescription describe_job(const OpticalModel& model, const CorrectionSettings& settings,
                            const std::string& tool_version) {
  return {.tool_version = tool_version,
          .recipe = print_correction(settings),
          .model_hash = model_hash(model)};
}

LayoutOutcome run_layout_job(const LayoutJob& job, const JobWatcher& watcher) {
  const auto start = Clock::now();
  check_mask_layout(job);
  const LayoutInput layout = job.input ? *job.input : open_layout(job.layout, job.part, layout_index_in(job.folder));
  if (job.mask_layout.cells == MaskCells::drawn && !layout.cells)
    watcher.note(fmt::format("{}: its cell '{}' places no others that draw on these layers; the mask is written as cells of tiles",
                             job.layout.string(), layout.top_cell));
  JobDescription description = job.description;
  description.input_sha256 = layout.sha256;
  description.selection = layout.selection;
  const std::unique_ptr<CorrectionMethod> chosen = method_of(job);
  const CorrectionMethod& method = *chosen;
  const TilePlan& plan = method.plan();
  const TilePipeline pipeline(method, {layout.geometry}, layout.drawn);
  description.tiling = tiling_text(job, plan);
  if (job.block_tiles < 1)
    throw Error(ErrorCode::invalid_argument, "blocks need a side of one tile at least");

  const std::filesystem::path packs = job.folder / "tiles";
  make_job_folder(packs);
  make_job_folder(job.folder / "blocks");
  const JobLock lock(job.folder, job.access);
  enter_job(job, description, watcher);
  remove_stale_temporaries(job);
  const bool finished_before = has_totals(job.folder / "job.h5");
  keep_index(job, layout, watcher);
  FileClaims locks(packs);
  std::vector<WorkClaims*> claims;
  if (job.crew)  // without a lock server's round trips; a worker that joins over the folder may do work twice
    claims.push_back(job.crew.get());
  else if (job.access == JobAccess::shared)
    claims.push_back(&locks);
  if (const std::string problem = locks.problem(); !problem.empty() && job.access == JobAccess::shared && !job.crew)
    watcher.note(fmt::format("{}: no locks on this file system ({}): workers may compute a tile twice; the masks are "
                             "the same", packs.string(), problem));
  PackStore store(packs, claims);
  if (job.access == JobAccess::alone) store.seal();

  LayoutOutcome outcome;
  outcome.top_cell = layout.top_cell;
  outcome.plan = plan;
  outcome.range = plan.range_in(corrected_box(job, plan, layout.window));
  outcome.window_um2 = layout.window.width() * layout.window.height() * 1e-6;
  store.limit_passing(static_cast<std::uint64_t>(passing_limit_bytes(outcome.window_um2)));
  const BlockGrid grid(outcome.range, job.block_tiles);
  BlockScan scan(pipeline, grid, outcome.range.grown(reach_of(method)),
                 fmt::format("{}\n{}\n{:.17g} {:.17g} {:.17g} from {:.17g} {:.17g}", layout.sha256, layout.selection,
                             plan.core_x_nm, plan.core_y_nm, plan.halo_nm, plan.origin.x, plan.origin.y),
                 store);
  const BlockContext context{.job = job, .watcher = watcher, .method = method, .pipeline = pipeline,
                             .grid = grid, .store = store, .scan = scan,
                             .identity = block_identity(job, description, method, layout.dbu_nm),
                             .dbu_nm = layout.dbu_nm, .crew = job.crew.get()};
  BlockRun run(context);
  for (std::size_t i = 0; i < grid.count(); ++i) {
    const std::size_t tiles = run.wanted(grid.block(i)).size();
    outcome.tiles += tiles;
    if (tiles > 0) outcome.blocks.push_back(grid.block(i));
  }
  if (outcome.tiles == 0)
    throw Error(ErrorCode::bad_input, "none of the " + std::to_string(job.only.size()) +
                                          " listed tiles lies in the window");
  watcher.note(fmt::format("{}; core {:g} x {:g} nm, {:.0f} % of the work; {} tiles in {} block{}",
                           plan.reason, plan.core_x_nm, plan.core_y_nm, 100 * plan.core_share(),
                           outcome.tiles, outcome.blocks.size(), outcome.blocks.size() == 1 ? "" : "s"));
  const double before_blocks = seconds_since(start);
  const bool all_there = run_blocks(context, run, outcome.blocks);
  outcome.stages.push_back({.name = "read",
                            .tiles = scan.tiles_read(),
                            .distinct = scan.tiles_read(),
                            .here = scan.tiles_read(),
                            .seconds = before_blocks + run.read_seconds()});
  outcome.stages.insert(outcome.stages.end(), run.stages().begin(), run.stages().end());
  const Outputs outputs = all_there ? who_writes(job, finished_before, store, watcher) : Outputs::left;
  if (outputs != Outputs::mine) {
    outcome.by_another = job.crew ? all_there : outputs == Outputs::of_another;
    if (job.crew) job.crew->meet();
    return outcome;
  }
  const auto writing = Clock::now();
  require_same_job(job, description);
  collect(job, description, method, layout, outcome);
  if (static_cast<double>(store.passing_bytes()) > passing_bytes_at_end(outcome.window_um2)) store.drop_passing();
  outcome.stages.push_back({.name = "write",
                            .tiles = outcome.tiles,
                            .distinct = outcome.distinct_masks,
                            .here = outcome.distinct_masks,
                            .seconds = seconds_since(writing)});
  outcome.finished = true;
  if (job.crew) job.crew->meet();  // all others have seen it
  store.release(k_outputs);
  return outcome;
}

void for_each_block(const LayoutJob& job, const LayoutOutcome& outcome,
                    const std::function<void(const BlockResults&)>& use) {
  for (const BlockIndex block : outcome.blocks) use(read_block(job.folder / block_file_name(block)));
}

}  // namespace reticle
