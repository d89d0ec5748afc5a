// SPDX-License-Identifier: Apache-2.0
#include "masks/job/verify_job.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

#include "kernels/base/error.h"
#include "litho/chip/interaction_range.h"
#include "litho/chip/pipeline.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/box.h"
#include "litho/imaging/model_period.h"
#include "litho/imaging/socs.h"
#include "litho/verification/verification_tiles.h"
#include "masks/job/block_grid.h"
#include "masks/job/block_run.h"
#include "masks/job/block_scan.h"
#include "masks/job/layout_input.h"
#include "masks/job/pack_store.h"
#include "masks/job/place_drawing.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/reports/verification_page.h"
#include "masks/sha256.h"
#include "masks/warnings.h"

namespace reticle {
namespace {

const std::string k_outputs(64, 'e');  // what the worker claims that has the results
constexpr std::size_t k_places_shown = 48;
constexpr int k_block_tiles = 32;  // side of what is held in memory at once

void enter_job(const VerifyJob& job, const JobDescription& wanted) {
  const std::filesystem::path path = job.folder / "job.h5";
  if (!std::filesystem::exists(path)) return write_job(path, wanted);
  if (job.start == JobStart::refuse_existing && job.access == JobAccess::alone)
    throw Error(ErrorCode::bad_input,
                path.string() + ": is there already; go on with it by --resume or choose another folder");
  const std::vector<std::string> found = differences(read_job(path), wanted);
  if (!found.empty())
    throw Error(ErrorCode::bad_input, fmt::format("{}: this job is another one: {}; use what it was started with, or "
                                                  "another folder",
                                                  path.string(), fmt::join(found, "; ")));
}

// Whether all of a block's results are there, by this worker or by others.
bool work(const VerifyJob& job, const JobWatcher& watcher, const TilePipeline& pipeline, const TileKeys& keys,
          PackStore& store, const std::string& place, Patience patience) {
  std::vector<TileTask> tasks;
  const auto find_missing = [&] {
    store.refresh();
    tasks = keys.missing(0, store);
  };
  find_missing();
  const std::size_t total = tasks.size();
  watcher.progress("tiles to verify" + place, 0, total);
  while (!tasks.empty() && !watcher.interrupted()) {
    const std::size_t before = total - tasks.size();
    std::size_t done = 0;
    run_tasks(pipeline, keys, tasks, store, {.threads = job.threads}, [&](const TileTask&) {
      watcher.progress("tiles to verify" + place, before + ++done, total);
      return !watcher.interrupted();
    });
    find_missing();
    if (done > 0 || tasks.empty()) continue;
    if (patience == Patience::leave) break;
    store.wait_for_others();
  }
  store.sync();
  return tasks.empty();
}

Box moved(const Box& box, double dx, double dy) { return {box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy}; }

// Takes the tiles of one block after another, their findings at their places in the layout; holds those findings only
// that tiles still to come may have found as well.
class Collection {
 public:
  Collection(const VerifyJob& job, const TilePlan& plan, Point origin, const BlockGrid& grid, const OpticalModel& model,
             VerificationReport& report)
      : plan_(plan), origin_(origin), grid_(grid), report_(report), merger_(one_place_nm(model)), findings_(job.folder), tiles_(job.folder) {}

  void add(BlockIndex block, const TileKeys& keys, std::span<const TileIndex> tiles, const PackStore& store) {
    for (const TileIndex& tile : tiles) {
      const std::string& key = keys.key(0, tile);
      if (key.empty()) continue;
      RegionReport found = report_from_bytes(store.get(key));
      const Box core = moved(plan_.core(tile), origin_.x, origin_.y);
      report_.measures.add(found.measures);
      for (Finding& finding : found.findings) {
        finding.place = {finding.place.x + core.x0, finding.place.y + core.y0};
        finding.box = moved(finding.box, core.x0, core.y0);
      }
      tiles_.add(tile_of(core, found));
      for (const Finding& finding : found.findings) merger_.add(finding);
    }
    // Blocks come in order, rows from below: none is missing before the one that holds the box's upper right corner.
    const auto complete = [&](const Box& box) {
      const Box seen = moved(box, -origin_.x, -origin_.y);
      const double halo = plan_.halo_nm;  // as far as tiles see
      const TileRange range =
          plan_.range_in({seen.x0 - halo, seen.y0 - halo, seen.x1 + halo, seen.y1 + halo}).intersection(grid_.wanted());
      return range.empty() || grid_.block_of({range.y1 - 1, range.x1 - 1}) <= block;
    };
    merger_.settle(complete, [&](const Finding& finding) { findings_.add(finding); });
  }

  void finish() {
    merger_.settle([](const Box&) { return true; }, [&](const Finding& finding) { findings_.add(finding); });
    report_.findings = findings_.take();
    report_.tiles = tiles_.take();
  }

 private:
  const TilePlan& plan_;
  Point origin_;
  const BlockGrid& grid_;
  VerificationReport& report_;
  FindingMerger merger_;
  FindingCollector findings_;
  RecordWriter<VerifiedTile> tiles_;
};

// What is imaged by which model: tiles, the first core at the origin.
struct Tiling {
  OpticalModel model;
  double halo_nm;
  Point origin;
  std::string words;
};

// What lies within one period of the model, a halo away from its own copies, is one region, as a clip is; all else tiles
// shifted by half a core against those of a correction.
Tiling tiling_of(const VerifyJob& job, const Box& drawn, const JobWatcher& watcher) {
  const double reach = job.halo_nm.value_or(interaction_range(job.model, k_energy_beyond_halo));
  if (!job.target_part.window && fits_one_field(job.model, drawn, reach)) {
    const Box field = field_around(job.model, drawn);
    return {job.model, 0.0, {field.x0, field.y0}, "the layout is one field of the model, as a clip is"};
  }
  Tiling tiling{.model = job.model, .halo_nm = 0.0, .origin = {}, .words = {}};
  if (job.tile_model) {
    tiling.model = *job.tile_model;
  } else if (const auto& period = job.tile_period_nm; period && *period != Point{job.model.period_x_nm, job.model.period_y_nm}) {
    tiling.model = model_at_period(job.model, period->x, period->y);
    watcher.note(fmt::format("kernels moved to tiles of {:g} x {:g} nm; that they end at their own period may cost {:.1g} of "
                             "clear field", period->x, period->y, period_error(job.model, period->x, period->y)));
  }
  const TilePlan plan = VerificationTiles(tiling.model, job.settings, "", job.halo_nm).plan();
  tiling.halo_nm = plan.halo_nm;
  tiling.origin = {job.tiles_from.x + 0.5 * plan.core_x_nm, job.tiles_from.y + 0.5 * plan.core_y_nm};
  tiling.words = fmt::format("{}; core {:g} x {:g} nm, {:.0f} % of the work", plan.reason, plan.core_x_nm, plan.core_y_nm,
                             100 * plan.core_share());
  return tiling;
}

// The mask's layout. A correction may leave nothing: an empty one.
LayoutInput open_mask(const VerifyJob& job, const Box& target) {
  LayoutPart part = job.mask_part;
  part.window.reset();  // what surrounds a window belongs to it
  if (part.layers.size() == 1 && is_layout_name(job.mask)) {
    const std::vector<LayerId> held = Layout::open(job.mask, {part.layers}).layers();
    const bool may_be_empty = held.empty() || job.mask_extent;
    if (may_be_empty && std::find(held.begin(), held.end(), part.layers.front()) == held.end()) {
      warning_log().add(job.mask.string(), "has no shapes on layer " + to_string(part.layers.front()) + ": taken as an empty mask");
      return {.geometry = [](const Box&) { return std::vector<Polygon>(); },
              .window = target,
              .extent = target,
              .sha256 = sha256_of_file(job.mask),
              .selection = "an empty layer"};
    }
  }
  return open_layout(job.mask, part);
}

}  // namespace

bool fits_one_field(const OpticalModel& model, const Box& drawn, double halo_nm) {
  return drawn.width() + halo_nm <= model.period_x_nm && drawn.height() + halo_nm <= model.period_y_nm;
}

VerifyOutcome run_verify_job(const VerifyJob& job, const JobWatcher& watcher) {
  const auto start = std::chrono::steady_clock::now();
  const LayoutInput target = open_layout(job.target, job.target_part, job.target_index);
  LayoutInput mask = open_mask(job, target.window);
  if (job.mask_extent) mask.geometry = spliced(mask.geometry, *job.mask_extent, target.geometry);
  std::vector<GeometrySource> sources{target.geometry, mask.geometry};
  Box drawn = joined(target.extent, mask.extent), judged = joined(target.window, mask.window);
  std::string enclosed_selection;
  if (job.enclosed_part) {  // what no target is near has to be enclosed too
    const LayoutInput enclosed = open_layout(job.target, *job.enclosed_part);
    sources.push_back(enclosed.geometry);
    enclosed_selection = enclosed.selection;
    drawn = joined(drawn, enclosed.extent), judged = joined(judged, enclosed.extent);
  }
  const bool windowed = job.target_part.window.has_value();
  if (windowed) sources.push_back(judged_part(target.window));

  VerifyOutcome outcome;
  VerificationReport& report = outcome.report;
  report.subject = job.subject;
  report.subject.mask_sha256 = mask.sha256, report.subject.target_sha256 = target.sha256;
  if (report.subject.top_cell.empty()) report.subject.top_cell = is_layout_name(job.target) ? target.top_cell : mask.top_cell;
  report.settings = job.settings;
  report.window = windowed ? target.window : judged;

  Tiling tiling = tiling_of(job, drawn, watcher);
  const Point origin = tiling.origin;
  outcome.model = std::make_shared<const OpticalModel>(std::move(tiling.model));
  const OpticalModel& model = *outcome.model;
  const VerificationTiles method(model, job.settings,
                                 fmt::format("{}\n{}\n{:g} x {:g}", job.subject.model_hash, job.subject.recipe,
                                             model.period_x_nm, model.period_y_nm),
                                 tiling.halo_nm, windowed);
  const TilePlan& plan = method.plan();
  std::vector<GeometrySource> seen;
  for (const GeometrySource& source : sources) seen.push_back(shifted(source, origin));
  const TilePipeline pipeline(method, std::move(seen));

  const JobDescription description{.tool_version = job.subject.tool_version,
                                   .recipe = job.subject.recipe,
                                   .model_hash = job.subject.model_hash,
                                   .input_sha256 = mask.sha256 + " " + target.sha256,
                                   .selection = mask.selection + "; target " + target.selection,
                                   .tiling = fmt::format("core {:g} x {:g} nm, halo {:g} nm, from {}", plan.core_x_nm,
                                                         plan.core_y_nm, plan.halo_nm,
                                                         plan.halo_nm > 0.0 && job.tiles_from == Point{} ? "half a core" : fmt::format("{:g}, {:g} nm", origin.x, origin.y))};
  std::filesystem::create_directories(job.folder / "tiles");
  const JobLock lock(job.folder, job.access);
  enter_job(job, description);
  FileClaims locks(job.folder / "tiles");
  std::vector<WorkClaims*> claims;
  if (job.crew) claims.push_back(job.crew.get());
  else if (job.access == JobAccess::shared) claims.push_back(&locks);
  PackStore store(job.folder / "tiles", claims);

  const BlockGrid grid(plan.range_in(moved(report.window, -origin.x, -origin.y)), k_block_tiles);
  watcher.note(tiling.words);
  const Box spliced_at = job.mask_extent.value_or(Box{});
  const std::string scanned = fmt::format(
      "verification of {}\n{}\n{}\n{:.17g} {:.17g} {:.17g} from {:.17g} {:.17g}, mask in {:.17g} {:.17g} {:.17g} {:.17g}",
      description.input_sha256, description.selection, enclosed_selection, plan.core_x_nm, plan.core_y_nm, plan.halo_nm, origin.x,
      origin.y, spliced_at.x0, spliced_at.y0, spliced_at.x1, spliced_at.y1);
  BlockScan scan(pipeline, grid, grid.wanted(), scanned, store);
  const auto place_of = [&](std::size_t block) {
    return grid.count() > 1 ? fmt::format(" in block {} of {}", block + 1, grid.count()) : "";
  };
  const auto tiles_of = [&](std::size_t block) { return grid.wanted_of(grid.block(block)).tiles(); };
  // None: interrupted.
  const auto keys_of = [&](std::size_t block) -> std::optional<TileKeys> {
    const std::vector<TileIndex> tiles = tiles_of(block);
    const std::string what = "tiles to read" + place_of(block);
    watcher.progress(what, 0, tiles.size());
    std::mutex one_call;
    const TileContents contents = scan.contents(
        tiles, job.threads,
        [&](std::size_t done) {
          const std::lock_guard guard(one_call);
          if (done % 64 == 0) watcher.progress(what, done, tiles.size());
          return !watcher.interrupted();
        },
        watcher.interrupted);
    if (contents.size() < tiles.size()) return {};
    return TileKeys(method, tiles, contents);
  };
  const auto verified = [&](std::size_t block, Patience patience) {
    const std::optional<TileKeys> keys = keys_of(block);
    return keys && work(job, watcher, pipeline, *keys, store, place_of(block), patience);
  };
  // The blocks that nobody has, then, tile by tile, those of others.
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < grid.count() && !watcher.interrupted(); ++i) {
    const bool mine = store.claim_block(i);
    if (!mine || !verified(i, Patience::leave)) left.push_back(i);
    if (mine) store.release_block(i);
  }
  for (const std::size_t i : left) {
    if (watcher.interrupted()) break;
    verified(i, job.collects ? Patience::wait : Patience::leave);
  }
  // Of the model's own period: a view costs as much as its tile, however little of it is shown.
  const auto viewed = std::make_shared<const OpticalModel>(job.model);
  PlaceDrawing drawing({viewed, target.geometry, mask.geometry,
                        fmt::format("{}\n{}\n{}\n{}\n{} x {}", scanned, description.model_hash, description.recipe,
                                    description.tool_version, viewed->period_x_nm, viewed->period_y_nm)},
                       store, job.threads);
  while (!(job.collects && store.claim(k_outputs))) {
    if (watcher.interrupted() || !job.draws_places) return outcome;
    if (const auto places = drawing.announced()) {
      drawing.draw(*places, watcher.interrupted);
      return outcome;
    }
    if (!job.collects && store.has_lost_patience()) return outcome;
    store.wait_for_others();
  }
  Collection collection(job, plan, origin, grid, model, report);
  for (std::size_t i = 0; i < grid.count(); ++i) {
    const std::optional<TileKeys> keys = keys_of(i);
    if (!keys) return outcome;
    collection.add(grid.block(i), *keys, tiles_of(i), store);
  }
  collection.finish();
  if (job.draws_places) {
    const double half = std::min({shown_half_width_nm(*viewed), 0.5 * viewed->period_x_nm, 0.5 * viewed->period_y_nm});
    const std::vector<Box> places = places_to_show(report, half, k_places_shown);
    drawing.announce(places);
    std::optional<ShownPlaces> shown = drawing.drawn(places, watcher.interrupted);
    if (!shown) return outcome;
    outcome.places = std::move(*shown);
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  outcome.finished = true;
  return outcome;
}

}  // namespace reticle
