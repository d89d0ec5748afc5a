#include "litho/chip/chip.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <set>
#include <sstream>

#include "kernels/base/error.h"
#include "kernels/base/sha256.h"
#include "kernels/base/on_threads.h"
#include "litho/chip/seams.h"
#include "litho/chip/tile_evaluation.h"

namespace reticle {

namespace {

IltSettings refinement_settings(IltSettings settings, const ChipSettings& chip) {
  IltLevel level = settings.levels.back();
  level.iterations = chip.refinement_iterations;
  level.rate = chip.refinement_rate;
  level.mask_slope.first = level.mask_slope.last;
  level.resist_slope.first = level.resist_slope.last;
  settings.levels = {level};
  settings.free_margin_nm = chip.free_margin_nm;
  return settings;
}

std::string settings_text(const ChipSettings& chip, const TilePlan& plan) {
  std::ostringstream text;
  text.precision(17);
  text << "halo " << plan.halo_nm << " blend " << chip.blend_nm << " margin " << chip.free_margin_nm
       << " refinements " << chip.refinements << " iterations " << chip.refinement_iterations
       << " rate " << chip.refinement_rate;
  return text.str();
}

void require_fit(const ChipSettings& chip, const TilePlan& plan) {
  const double most = std::min({plan.halo_nm, plan.core_x_nm / 2, plan.core_y_nm / 2});
  if (chip.blend_nm >= 0 && chip.blend_nm <= chip.free_margin_nm && chip.blend_nm <= most &&
      chip.free_margin_nm <= plan.halo_nm && chip.refinements >= 0)
    return;
  std::ostringstream message;
  message << "a blend of " << chip.blend_nm << " nm and a free margin of " << chip.free_margin_nm
          << " nm do not fit tiles with a core of " << plan.core_x_nm << " x " << plan.core_y_nm
          << " nm and a halo of " << plan.halo_nm << " nm; the blend must not be larger than the "
          << "margin or half the core, the margin not larger than the halo";
  throw Error(ErrorCode::bad_input, message.str());
}

std::string hash_of(std::initializer_list<std::string_view> texts) {
  Sha256 hash;
  for (const std::string_view text : texts) {
    hash.add(std::to_string(text.size()) + ":");
    hash.add(text);
  }
  return hash.finish();
}

}  // namespace

ChipCorrection::ChipCorrection(const OpticalModel& model, IltSettings settings, ChipSettings chip,
                               GeometrySource source, std::string identity)
    : model_(model),
      settings_(std::move(settings)),
      refinement_(refinement_settings(settings_, chip)),
      chip_(chip),
      source_(std::move(source)),
      plan_(plan_tiles(model, settings_, chip.halo_nm)),
      pixel_nm_(settings_.mask_pixel_nm * settings_.levels.back().coarseness),
      background_(static_cast<float>(-0.5 * settings_.start_contrast)) {
  settings_.free_margin_nm = -1.0;
  const auto whole = [&](double nm) { return std::ceil(nm / pixel_nm_ - 1e-6) * pixel_nm_; };
  chip_.blend_nm = whole(chip_.blend_nm);
  chip_.free_margin_nm = whole(chip_.free_margin_nm);
  require_fit(chip_, plan_);
  identity_ = hash_of({std::move(identity), settings_text(chip_, plan_)});
}

std::string ChipCorrection::stage_name(int stage) const {
  if (stage == 0) return "optimise";
  if (stage + 1 == stages()) return "finish";
  return "refine " + std::to_string(stage);
}

int ChipCorrection::reach() const {
  return static_cast<int>(std::ceil((plan_.halo_nm + chip_.blend_nm) /
                                    std::min(plan_.core_x_nm, plan_.core_y_nm)));
}

std::vector<TileIndex> ChipCorrection::grown(std::span<const TileIndex> tiles) const {
  std::set<TileIndex> all;
  for (const TileIndex& tile : tiles)
    for (int dy = -reach(); dy <= reach(); ++dy)
      for (int dx = -reach(); dx <= reach(); ++dx) all.insert({tile.y + dy, tile.x + dx});
  return {all.begin(), all.end()};
}

void ChipCorrection::scan(std::span<const TileIndex> wanted, int threads) {
  std::vector<std::vector<TileIndex>> tiles(static_cast<std::size_t>(stages()));
  tiles.back().assign(wanted.begin(), wanted.end());
  std::sort(tiles.back().begin(), tiles.back().end());
  for (std::size_t s = tiles.size() - 1; s-- > 0;) tiles[s] = grown(tiles[s + 1]);

  std::vector<std::string> contents(tiles[0].size());
  on_threads(contents.size(), threads, [&](int) {
    return [&](std::size_t i) {
      const Design design = tile_design(source_, plan_, tiles[0][i]);
      if (!design.polygons.empty())
        contents[i] = hash_of({"optimise", identity_, content_hash(design)});
      return true;
    };
  });
  keys_.assign(tiles.size(), {});
  for (std::size_t i = 0; i < contents.size(); ++i)
    keys_[0].emplace_hint(keys_[0].end(), tiles[0][i], std::move(contents[i]));
  for (std::size_t s = 1; s < tiles.size(); ++s)
    for (const TileIndex& tile : tiles[s])
      keys_[s].emplace_hint(keys_[s].end(), tile, combined_key(static_cast<int>(s), tile));
}

// Empty where a stage has nothing to do: no geometry in the field or, at the end, in any field whose
// parameters reach into it.
std::string ChipCorrection::combined_key(int stage, TileIndex tile) const {
  const Keys& before = keys_[static_cast<std::size_t>(stage) - 1];
  if (stage + 1 < stages() && before.at(tile).empty()) return "";
  std::string joined = keys_[0].at(tile);  // what is drawn here
  bool any = !joined.empty();
  for (int dy = -reach(); dy <= reach(); ++dy)
    for (int dx = -reach(); dx <= reach(); ++dx) {
      const std::string& key = before.at({tile.y + dy, tile.x + dx});
      any = any || !key.empty();
      joined += "," + key;
    }
  return any ? hash_of({stage_name(stage), identity_, joined}) : "";
}

std::vector<TileTask> ChipCorrection::tasks(int stage) const {
  std::set<std::string_view> seen;
  std::vector<TileTask> tasks;
  for (const auto& [tile, key] : keys_.at(static_cast<std::size_t>(stage)))
    if (!key.empty() && seen.insert(key).second) tasks.push_back({stage, tile, key});
  return tasks;
}

std::size_t ChipCorrection::tile_count(int stage) const {
  const Keys& keys = keys_.at(static_cast<std::size_t>(stage));
  return static_cast<std::size_t>(
      std::count_if(keys.begin(), keys.end(), [](const auto& item) { return !item.second.empty(); }));
}

const std::string& ChipCorrection::result_key(TileIndex tile) const {
  return keys_.back().at(tile);
}

Image<float> ChipCorrection::blended(int stage, TileIndex tile, const TileStore& store) const {
  const Keys& keys = keys_.at(static_cast<std::size_t>(stage));
  const Grid grid = patch_grid(plan_, chip_.blend_nm, pixel_nm_);
  const auto patch = [&](TileIndex neighbour) -> Image<float> {
    const std::string& key = keys.at(neighbour);
    if (key.empty()) return {};
    return patch_from_bytes(store.get(key), grid.rows, grid.cols);
  };
  return blended_field(plan_, chip_.blend_nm, pixel_nm_, background_, tile, patch);
}

std::vector<Bytes> ChipCorrection::run(std::span<const TileTask> tasks, Engine& engine,
                                       const TileStore& store) const {
  std::vector<Bytes> results;
  std::vector<ClipStart> clips;
  const int stage = tasks.front().stage;
  std::optional<TileFinisher> finisher;  // its plans serve all tiles
  if (stage + 1 == stages()) finisher.emplace(model_, settings_, plan_);
  for (const TileTask& task : tasks) {
    Design design = tile_design(source_, plan_, task.tile);
    Image<float> start = stage > 0 ? blended(stage - 1, task.tile, store) : Image<float>();
    if (finisher)
      results.push_back(result_bytes(finisher->finish(design, start)));
    else
      clips.push_back({std::move(design), std::move(start)});
  }
  if (clips.empty()) return results;
  for (const GreyMask& grey : optimize(engine, model_, stage == 0 ? settings_ : refinement_, clips))
    results.push_back(patch_bytes(patch_of(plan_, chip_.blend_nm, grey.parameters, pixel_nm_)));
  return results;
}

std::size_t run_tasks(const ChipCorrection& chip, std::span<const TileTask> tasks, TileStore& store,
                      const TaskWorkers& workers, const std::function<bool(const TileTask&)>& done) {
  std::mutex mutex;
  std::size_t count = 0;
  const auto batch = static_cast<std::size_t>(workers.batch);
  on_threads((tasks.size() + batch - 1) / batch, workers.threads, [&](int thread) {
    return [&, engine = std::shared_ptr<Engine>(workers.make_engine(thread))](std::size_t i) {
      std::vector<TileTask> mine;
      for (const TileTask& task : tasks.subspan(i * batch, std::min(batch, tasks.size() - i * batch)))
        if (store.claim(task.key)) mine.push_back(task);
      if (mine.empty()) return true;
      const std::vector<Bytes> results = chip.run(mine, *engine, store);
      bool go_on = true;
      for (std::size_t t = 0; t < mine.size(); ++t) {
        store.put(mine[t].key, results[t]);
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
